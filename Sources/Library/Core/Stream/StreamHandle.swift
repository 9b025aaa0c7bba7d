// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Makes the typed handle of a caller's `leat_stream *`, or says what is wrong with the pointer.
func openStream(_ pointer: OpaquePointer?) throws(Failure) -> StreamBlock {
  guard let stream = unsafe streamBlock(pointer) else {
    throw Failure(LEAT_E_ARGUMENT, "stream: expected one that leat_stream_init returned")
  }
  return stream
}

/// The same without a reason: nil when the pointer is NULL, misaligned or points to no stream.
@inline(__always)
func streamBlock(_ pointer: OpaquePointer?) -> StreamBlock? {
  guard let pointer = unsafe pointer, UInt(bitPattern: pointer) % UInt(LEAT_ALIGNMENT) == 0 else {
    return nil
  }
  let stream = unsafe StreamBlock(UnsafeMutableRawPointer(pointer))
  guard unsafe stream.header.pointee.magic == StreamBlock.magic else { return nil }
  return stream
}

extension StreamBlock {
  @inline(__always)
  var model: ModelImage { unsafe ModelImage(header.pointee.model) }

  /// Position 0; h and c as the model says.
  func reset(_ model: borrowing ModelImage, _ kernels: UnsafePointer<leat_kernels>) {
    // All of it, gaps in the header too: a stream is made of bytes that are all known.
    let floats = unsafe model.header.pointee.streamSize / 4
    unsafe self.floats(at: 0).initialize(repeating: 0, count: floats)
    unsafe header.initialize(
      to: StreamHeader(model: UnsafeRawPointer(model.header), kernels: kernels))
    for index in unsafe 0..<model.header.pointee.stateCount {
      let state = unsafe model.states[index]
      guard state.initial != 0 else { continue }
      let hidden = unsafe model.floats(at: state.initial)
      unsafe self.floats(at: state.hidden).update(from: hidden, count: state.hiddenSize)
      unsafe self.floats(at: state.cell)
        .update(from: hidden + state.hiddenSize, count: state.cellSize)
    }
  }
}

extension StateRecord {
  /// Whether h holds values that a step can start from.
  func check(hidden: UnsafePointer<Float>, _ index: Int) throws(Failure) {
    for element in 0..<hiddenSize {
      let value = unsafe hidden[element]
      guard value.magnitude <= hiddenLimit else {
        throw Failure(
          LEAT_E_INPUT,
          "h[\(element)] of recurrent layer \(index) is \(value), expected at most \(hiddenLimit)")
      }
    }
  }

  func check(cell: UnsafePointer<Float>, _ index: Int) throws(Failure) {
    for element in 0..<cellSize {
      let value = unsafe cell[element]
      guard value.isFinite else {
        throw Failure(
          LEAT_E_INPUT,
          "c[\(element)] of recurrent layer \(index) is \(value), expected a finite value")
      }
    }
  }
}
