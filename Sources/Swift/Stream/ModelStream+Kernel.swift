// SPDX-License-Identifier: MIT

internal import CLeat

extension ModelStream {
  /// The kernels that this processor can run, the best first.
  public static var availableKernels: [String] {
    var names: [String] = []
    while let name = unsafe leat_kernel_available(UInt32(names.count)) {
      names.append(unsafe String(cString: name))
    }
    return names
  }

  /// The kernel that the stream is stepped by.
  public var kernel: String { unsafe String(cString: leat_stream_kernel(handle)) }

  /// Changes the stream's kernel, for tests and measurements: it goes on with the same
  /// bits.
  ///
  /// - Throws: `.argument` when it isn't one of ``availableKernels``
  public mutating func setKernel(_ name: String) throws(LeatError) {
    try unsafe check { error in unsafe leat_stream_set_kernel(handle, name, error) }
  }
}
