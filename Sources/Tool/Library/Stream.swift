// SPDX-License-Identifier: MIT

import CLeat

/// A stream in a block of its own.
@safe final class Stream {
  let model: Model
  let handle: OpaquePointer
  private let block: UnsafeMutableRawPointer

  init(of model: Model) throws {
    self.model = model
    let size = unsafe leat_stream_size(model.handle)
    unsafe block = .allocate(byteCount: size, alignment: Int(LEAT_FAST_ALIGNMENT))
    var stream: OpaquePointer?
    let block = unsafe block
    do {
      try unsafe LibraryError.check { error in
        unsafe leat_stream_init(block, size, model.handle, &stream, error)
      }
    } catch {
      unsafe block.deallocate()
      throw error
    }
    // Safe: leat_stream_init has returned LEAT_OK.
    unsafe handle = stream!
  }

  deinit { unsafe block.deallocate() }

  var position: UInt64 { unsafe leat_stream_position(handle) }

  func setKernel(_ name: String) throws {
    try unsafe LibraryError.check { error in unsafe leat_stream_set_kernel(handle, name, error) }
  }

  func reset() throws {
    try unsafe LibraryError.check { error in unsafe leat_stream_reset(handle, error) }
  }

  /// Takes in as many samples as there are in `inputs`.
  ///
  /// - Parameters:
  ///   - inputs: [steps][input_size]
  ///   - outputs: [steps][output_size]
  func run(_ inputs: [Float], into outputs: inout [Float]) throws {
    let steps = inputs.count / model.inputSize
    precondition(
      inputs.count == steps * model.inputSize && outputs.count == steps * model.outputSize)
    try unsafe LibraryError.check { error in
      unsafe leat_stream_run(handle, steps, inputs, &outputs, error)
    }
  }

  /// The stream as bytes.
  func state() throws -> [UInt8] {
    var bytes: [UInt8] = []
    try save(to: &bytes)
    return bytes
  }

  /// The same, in memory that is used again.
  func save(to bytes: inout [UInt8]) throws {
    let size = unsafe leat_state_size(model.handle)
    if bytes.count != size { bytes = [UInt8](repeating: 0, count: size) }
    try unsafe LibraryError.check { error in
      unsafe leat_stream_save(handle, &bytes, size, error)
    }
  }

  func load(state bytes: [UInt8]) throws {
    try unsafe LibraryError.check { error in
      unsafe leat_stream_load(handle, bytes, bytes.count, error)
    }
  }
}
