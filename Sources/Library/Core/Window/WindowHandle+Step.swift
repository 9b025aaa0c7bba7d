// SPDX-License-Identifier: MIT

import LeatKernel

extension WindowHandle {
  /// Takes in a sample that was checked. Returns whether a window ends with it: then its output is
  /// written. `output` may be `input` when their sizes are equal.
  @inline(never)
  func step(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) -> Bool {
    let model = block.model
    let taken = taken
    let newest = taken / hop
    // Safe: windows begin every H samples, and end after W.
    if newest &* hop == taken {
      unsafe stream(place(ofWindow: newest)).reset(model, block.header.kernels)
    }
    let first = firstOpen(after: taken)
    let ends = taken &- first &* hop == window &- 1
    unsafe stepStreams(
      from: place(ofWindow: first), count: Int(newest &- first) &+ 1, model, input,
      ends ? output : nil)
    block.header.taken = taken &+ 1
    block.header.position &+= 1
    return ends
  }

  /// Steps the streams of the open windows, the oldest first; its output goes to `output`.
  private func stepStreams(
    from first: Int, count: Int, _ model: borrowing ModelHandle, _ input: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>?
  ) {
    let addresses = unsafe (block.pointer + layout.addresses)
      .assumingMemoryBound(to: OpaquePointer?.self)
    let samples = unsafe block.floats(at: layout.samples)
    let outputs = unsafe block.floats(at: layout.outputs)
    for index in 0..<min(count, layout.streamsPerPass) {
      unsafe (samples + index &* model.header.inputSize)
        .update(from: input, count: model.header.inputSize)
    }
    var place = first
    var output = unsafe output
    var left = count
    while left > 0 {
      let together = min(left, layout.streamsPerPass)
      for index in 0..<together {
        unsafe addresses[index] = OpaquePointer(stream(place).pointer)
        place = place &+ 1 == layout.streams ? 0 : place &+ 1
      }
      unsafe stepBatch(addresses, together, model, samples, outputs)
      if let target = unsafe output {
        unsafe target.update(from: outputs, count: model.header.outputSize)
        unsafe output = nil
      }
      left &-= together
    }
  }

  /// How many of `count` samples, from number `position` on, have an output.
  func outputs(from position: UInt64, count: UInt64) -> UInt64 {
    // The number of samples before the greatest position, and no more.
    let start = Int64(clamping: position)
    let (sum, overflowed) = position.addingReportingOverflow(count)
    let end = overflowed ? Int64.max : Int64(clamping: sum)
    // Safe: both are at least 0, so their difference is in range. leat_stream_set_position may have
    // made it negative.
    let begin = Int64(block.header.position) &- Int64(taken)
    return outputs(ofFirst: distance(begin, end)) - outputs(ofFirst: distance(begin, start))
  }

  /// From one number to another, 0 when that is before it.
  private func distance(_ begin: Int64, _ end: Int64) -> UInt64 {
    // Safe: of 64 bits, the difference of two signed numbers is right as an unsigned one.
    end <= begin ? 0 : UInt64(bitPattern: end &- begin)
  }

  /// The outputs of the first samples that the windows take in.
  private func outputs(ofFirst count: UInt64) -> UInt64 {
    count < window ? 0 : (count - window) / hop + 1
  }
}
