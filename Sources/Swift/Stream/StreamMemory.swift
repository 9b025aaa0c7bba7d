// SPDX-License-Identifier: MIT

internal import CLeat

/// The block of one stream, and the model that must live as long as it.
@safe final class StreamMemory {
  let model: Model
  let handle: OpaquePointer
  private let block: UnsafeMutableRawPointer

  init(of model: Model) throws(LeatError) {
    self.model = model
    let size = unsafe leat_stream_size(model.handle)
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: Int(LEAT_FAST_ALIGNMENT))
    unsafe self.block = block
    var stream: OpaquePointer?
    do throws(LeatError) {
      try unsafe check { error in unsafe leat_stream_init(block, size, model.handle, &stream, error)
      }
    } catch {
      unsafe block.deallocate()
      throw error
    }
    // Safe: leat_stream_init has returned LEAT_OK.
    unsafe handle = stream!
  }

  deinit { unsafe block.deallocate() }
}
