// SPDX-License-Identifier: MIT
//
// What outlives a step comes first in a stream's block. After it, each value has a place for as
// long as a layer still reads it, as in an arena. A first walk finds the peak: the most bytes that
// values need at one time. In a second walk, values are placed at either end of that many bytes. A
// chain, of which two values are in use at a time, always fits. Other lists may need more, and then
// get the first gap.

import CLeat
import LeatSupport
import LeatKernel

/// The plan of a stream's block.
struct StreamPlan {
  private let explanation: Explanation
  private var stateEnd = StreamHandle.headerSize
  private var temporaryStart = StreamHandle.headerSize
  private var temporaryEnd = StreamHandle.headerSize
  /// The peak that a walk before found; nil during that walk.
  private let knownPeak: Int?
  private(set) var peak = 0
  /// The layer that is being placed, and what it has reserved for its step.
  private var layer = 0
  private var own = (start: 0, end: 0)

  init(knownPeak: Int? = nil, _ explanation: Explanation) {
    self.knownPeak = knownPeak
    self.explanation = explanation
  }

  func tooLarge() -> Failure {
    explanation.failure(
      LEAT_E_UNSUPPORTED, "the model is larger than this machine's address space")
  }

  /// Adds floats that outlive a step to the part before the values. Comes before any reservation.
  mutating func addState(floats: Int) throws(Failure) {
    let (end, overflowed) = temporaryStart.addingReportingOverflow(4 * floats)
    guard !overflowed else { throw tooLarge() }
    temporaryStart = end
    temporaryEnd = end
  }

  /// Bytes of the block, padded to a whole cache line.
  var size: Int { temporaryEnd.roundedUp(toMultipleOf: BlockPlanner.alignment) }

  /// Reserves floats that outlive a step, padded to a multiple of 8.
  mutating func reserveState(_ count: Int) -> Int {
    let offset = stateEnd
    stateEnd += 4 * MatrixRecord.padded(count)
    return offset
  }

  /// Begins layer `index`, or the sample with -1.
  mutating func beginLayer(_ index: Int) {
    layer = index
    own = (0, 0)
  }

  /// Reserves floats for the output of the layer.
  mutating func reserveOutput(
    _ count: Int, _ values: borrowing Table<Value>
  ) throws(Failure) -> Int {
    try reserveGap(4 * MatrixRecord.padded(count), values)
  }

  /// Reserves floats that the layer needs during its step only, in three parts.
  mutating func reserveScratch(
    _ first: Int, _ second: Int, _ third: Int, _ values: borrowing Table<Value>
  ) throws(Failure) -> (Int, Int, Int) {
    let (one, two) = (4 * MatrixRecord.padded(first), 4 * MatrixRecord.padded(second))
    let offset = try reserveGap(one + two + 4 * MatrixRecord.padded(third), values)
    return (offset, offset + one, offset + one + two)
  }

  /// Reserves `size` bytes that overlap neither a value that this layer or a later one reads, nor
  /// what this layer has reserved.
  private mutating func reserveGap(
    _ size: Int, _ values: borrowing Table<Value>
  ) throws(Failure) -> Int {
    guard let knownPeak else {
      try measure(size, values)
      return temporaryStart
    }
    var start = temporaryStart
    if !isFree(start, size, values) {
      start = temporaryStart + knownPeak - size
      if size > knownPeak || !isFree(start, size, values) { start = try firstGap(size, values) }
    }
    own = (start, start + size)
    temporaryEnd = max(temporaryEnd, start + size)
    return start
  }

  /// Adds up the bytes that are in use during this layer.
  private mutating func measure(
    _ size: Int, _ values: borrowing Table<Value>
  ) throws(Failure) {
    own.end += size
    var used = own.end
    for index in 0..<layer + 1 where isInUse(index, values) {
      let (sum, overflowed) = used.addingReportingOverflow(bytes(index, values))
      guard !overflowed else { throw tooLarge() }
      used = sum
    }
    peak = max(peak, used)
    guard peak <= Int.max - temporaryStart - BlockPlanner.alignment else {
      throw tooLarge()
    }
  }

  /// Whether this layer or a later one reads a value that doesn't outlive the step.
  private func isInUse(_ index: Int, _ values: borrowing Table<Value>) -> Bool {
    let value = values[index]
    return !value.isState && Int(value.lastUse) >= layer
  }

  private func bytes(_ index: Int, _ values: borrowing Table<Value>) -> Int {
    4 * MatrixRecord.padded(values[index].size)
  }

  private func isFree(
    _ start: Int, _ size: Int, _ values: borrowing Table<Value>
  ) -> Bool {
    if start < own.end, own.start - start < size { return false }
    for index in 0..<layer + 1 where isInUse(index, values) {
      let place = values[index].place.even
      if start < place + bytes(index, values), place - start < size { return false }
    }
    return true
  }

  /// The first gap after a value.
  private func firstGap(
    _ size: Int, _ values: borrowing Table<Value>
  ) throws(Failure) -> Int {
    var best = own.end > 0 && isFree(own.end, size, values) ? own.end : Int.max
    for index in 0..<layer + 1 where isInUse(index, values) {
      let end = values[index].place.even + bytes(index, values)
      if end < best, isFree(end, size, values) { best = end }
    }
    guard best <= Int.max - size - BlockPlanner.alignment else { throw tooLarge() }
    return best
  }
}
