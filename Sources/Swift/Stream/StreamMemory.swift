// SPDX-License-Identifier: MIT

internal import CLeat

/// The block of one stream, and the model that must live as long as it.
@safe final class StreamMemory {
  let model: Model
  let handle: OpaquePointer
  private let block: UnsafeMutableRawPointer

  /// - Parameter windows: of a windowed stream
  init(of model: Model, windows: Windows? = nil) throws(LeatError) {
    self.model = model
    let size: Int
    if let windows {
      size = try windows.streamSize(of: model)
    } else {
      size = unsafe leat_stream_size(model.handle)
    }
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: Int(LEAT_FAST_ALIGNMENT))
    unsafe self.block = block
    var stream: OpaquePointer?
    do throws(LeatError) {
      try unsafe check { error in
        guard let windows else {
          return unsafe leat_stream_init(block, size, model.handle, &stream, error)
        }
        // Safe: other windows have no size.
        let (window, hop) = (UInt32(windows.length), UInt32(windows.hop))
        return unsafe leat_window_init(block, size, model.handle, window, hop, &stream, error)
      }
    } catch {
      unsafe block.deallocate()
      throw error
    }
    // Safe: the stream was made.
    unsafe handle = stream!
  }

  deinit { unsafe block.deallocate() }
}
