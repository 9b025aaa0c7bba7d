// SPDX-License-Identifier: MIT

internal import CLeat

/// The block of one stream, and the model that must live as long as it.
@safe final class StreamMemory {
  let model: Model
  let handle: OpaquePointer
  private let block: UnsafeMutableRawPointer

  convenience init(of model: Model) throws(LeatError) {
    let size = unsafe leat_stream_size(model.handle)
    try self.init(of: model, size: size) { block, stream, error in
      unsafe leat_stream_init(block, size, model.handle, stream, error)
    }
  }

  /// A windowed stream's block.
  convenience init(of model: Model, windows: Windows) throws(LeatError) {
    let size = try windows.streamSize(of: model)
    // Safe: no other windows have a size.
    let (window, hop) = (UInt32(windows.length), UInt32(windows.hop))
    try self.init(of: model, size: size) { block, stream, error in
      unsafe leat_window_init(block, size, model.handle, window, hop, stream, error)
    }
  }

  private init(
    of model: Model, size: Int,
    _ make: (
      UnsafeMutableRawPointer, UnsafeMutablePointer<OpaquePointer?>,
      UnsafeMutablePointer<leat_error>?
    ) -> Int32
  ) throws(LeatError) {
    self.model = model
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: Int(LEAT_FAST_ALIGNMENT))
    unsafe self.block = block
    var stream: OpaquePointer?
    do throws(LeatError) {
      try unsafe check { error in unsafe make(block, &stream, error) }
    } catch {
      unsafe block.deallocate()
      throw error
    }
    // Safe: the stream was made.
    unsafe handle = stream!
  }

  deinit { unsafe block.deallocate() }
}
