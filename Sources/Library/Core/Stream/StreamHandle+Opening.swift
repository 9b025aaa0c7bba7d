// SPDX-License-Identifier: MIT
//
// What a stream does, besides the arithmetic of a step: it is reset, checks its inputs and runs the
// kernels (`+Step`), and is saved to bytes and loaded from them. `StateLayout` has the format of a
// state.

import CLeat
import LeatSupport
import LeatKernel

/// Makes the handle of a caller's `leat_stream *`, or says what is wrong with the pointer.
func openStream(
  _ pointer: OpaquePointer?, _ explanation: Explanation
) throws(Failure) -> StreamHandle {
  guard let stream = unsafe streamHandle(pointer) else { throw notStream(explanation) }
  return stream
}

func notStream(_ explanation: Explanation) -> Failure {
  explanation.failure(LEAT_E_ARGUMENT, "stream: expected one that leat_stream_init returned")
}

/// The handle, or nil when the pointer is NULL, misaligned or points to no stream.
///
/// - Parameter magic: of the other kind of streams, `WindowHandle.magic`
@inline(__always)
func streamHandle(
  _ pointer: OpaquePointer?, magic: UInt64 = StreamHandle.magic
) -> StreamHandle? {
  guard let pointer = unsafe pointer, UInt(bitPattern: pointer) % UInt(LEAT_ALIGNMENT) == 0 else {
    return nil
  }
  let stream = unsafe StreamHandle(UnsafeMutableRawPointer(pointer))
  guard stream.header.magic == magic else { return nil }
  return stream
}

extension StreamHandle {
  @inline(__always)
  var model: ModelHandle { unsafe ModelHandle(header.model) }

  /// Position 0, and the model's h0 and c0.
  func reset(_ model: borrowing ModelHandle, _ kernels: UnsafePointer<leat_kernels>) {
    // The whole block, with the gaps of the header: every byte of a stream is written.
    unsafe floats(at: 0).initialize(repeating: 0, count: model.header.streamSize / 4)
    initialize(unsafe StreamHeader(model: model.pointer, kernels: kernels))
    for index in 0..<model.header.stateCount {
      let state = model.state(index)
      guard state.initial != 0 else { continue }
      let hidden = unsafe model.floats(at: state.initial)
      unsafe floats(at: state.hidden).update(from: hidden, count: state.hiddenSize)
      unsafe floats(at: state.cell)
        .update(from: hidden + state.hiddenSize, count: state.cellSize)
    }
  }
}
