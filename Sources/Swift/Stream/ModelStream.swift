// SPDX-License-Identifier: MIT

internal import CLeat

/// One sequence in progress: PyTorch's `(h_n, c_n)`, and a position, the number of samples it has
/// taken in.
///
/// It can't be copied, and one thread uses it at a time. A step doesn't allocate, lock or make a
/// system call. Arrays can't hold it; a ``Batch`` can.
///
/// In C it is `leat_stream`. It isn't named `Stream` because Foundation has a type of that
/// name.
@safe public struct ModelStream: ~Copyable {
  let handle: OpaquePointer
  let memory: StreamMemory

  /// Makes a stream at position 0, with h and c zero, or the file's h0 and c0.
  ///
  /// - Throws: `.memory`
  public init(of model: Model) throws(LeatError) { self.init(try StreamMemory(of: model)) }

  init(_ memory: StreamMemory) {
    unsafe handle = memory.handle
    self.memory = memory
  }

  /// The model it runs.
  public var model: Model { memory.model }

  /// How many samples it has taken in, which is the number, counted from 0, of the next.
  public var position: UInt64 { unsafe leat_stream_position(handle) }

  /// Sets how many samples the stream has taken in; h and c stay as they are.
  ///
  /// - Throws: `.argument` for a position above `Int64.max`
  public mutating func setPosition(_ position: UInt64) throws(LeatError) {
    try unsafe check { error in unsafe leat_stream_set_position(handle, position, error) }
  }

  /// Goes back to what `init(of:)` made, but keeps the kernel.
  public mutating func reset() {
    // Safe: this can't fail for a stream.
    _ = unsafe leat_stream_reset(handle, nil)
  }
}
