// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// The order in which a block with many streams is stepped.
///
/// Only the order of each stream's own rows counts. Where several rows of one stream come one after
/// the other, as in a file that is sorted by unit, each such piece is one call of the stream. Where
/// streams take turns, the block is stepped in rounds: a round is one call of a batch, with the next
/// row of every stream that has one left. A batch reads each weight once for several streams.
struct BatchSchedule {
  /// Rows of a piece from which pieces are faster than rounds.
  private static let pieceLength = 4

  /// The rows in the order of their rounds.
  private var rows: [Int]
  /// The streams of these rows.
  private var streams: [Int]
  /// The round of each row of the block.
  private var rounds: [Int]
  /// Where each round begins in `rows`.
  private var starts: [Int] = []
  /// How many rows each stream had, in this block.
  private var counts: [Int] = []
  /// The index in the batch of stream 0.
  private let first: Int
  /// A round's samples and outputs, where its rows aren't one after the other.
  private let scratch: SampleBlock

  /// - Parameters:
  ///   - first: the index in the batch of stream 0
  ///   - capacity: the most samples of a block
  init(of model: Model, first: Int, capacity: Int) {
    self.first = first
    scratch = SampleBlock(
      inputSize: model.inputSize, outputSize: model.outputSize, carried: 0, capacity: capacity)
    rows = Array(repeating: 0, count: capacity)
    (streams, rounds) = (rows, rows)
  }

  /// Calls `visit` once with the index of each stream that has a row in the block.
  mutating func forEachStream(of block: SampleBlock, _ visit: (Int) -> Void) {
    count(block)
    for row in 0..<block.count where rounds[row] == 0 { visit(index(of: row, block)) }
  }

  /// Calls `visit` with each row, the index of its stream, and how many rows of the block before it
  /// are that stream's.
  mutating func forEachRow(of block: SampleBlock, _ visit: (Int, Int, Int) -> Void) {
    count(block)
    for row in 0..<block.count { visit(row, index(of: row, block), rounds[row]) }
  }

  mutating func step(_ batch: inout Batch, _ block: SampleBlock) throws {
    guard try !stepPieces(&batch, block) else { return }
    count(block)
    sort(block)
    for round in 0..<(starts.count - 1) {
      try step(&batch, block, starts[round]..<starts[round + 1])
    }
  }

  /// The index of a row's stream in the batch.
  private func index(of row: Int, _ block: SampleBlock) -> Int {
    // Safe: the reader has found a stream for each row.
    unsafe Int(block.streams[row]) + first
  }

  // MARK: Pieces

  /// - Returns: false, and steps nothing, when the pieces are short
  private func stepPieces(_ batch: inout Batch, _ block: SampleBlock) throws -> Bool {
    var pieces = 0
    for row in 0..<block.count where unsafe row == 0 || block.streams[row] != block.streams[row - 1]
    {
      pieces += 1
    }
    guard pieces * Self.pieceLength <= block.count else { return false }
    var start = 0
    while start < block.count {
      var end = start + 1
      while end < block.count, unsafe block.streams[end] == block.streams[start] { end += 1 }
      try batch.withStream(at: index(of: start, block)) { try $0.run(block, rows: start..<end) }
      start = end
    }
    return true
  }

  // MARK: Rounds

  /// Finds the round of each row.
  private mutating func count(_ block: SampleBlock) {
    for row in 0..<block.count {
      let stream = index(of: row, block)
      if stream >= counts.count {
        counts += repeatElement(0, count: stream + 1 - counts.count)
      }
      rounds[row] = counts[stream]
      counts[stream] += 1
    }
    for row in 0..<block.count { counts[index(of: row, block)] = 0 }
  }

  /// Sorts the rows by their rounds; within a round they stay in their order.
  private mutating func sort(_ block: SampleBlock) {
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    for row in 0..<block.count {
      while starts.count < rounds[row] + 2 { starts.append(0) }
      starts[rounds[row] + 1] += 1
    }
    for round in 1..<starts.count { starts[round] += starts[round - 1] }
    var next = starts
    for row in 0..<block.count {
      let place = next[rounds[row]]
      next[rounds[row]] += 1
      rows[place] = row
      streams[place] = index(of: row, block)
    }
  }

  /// Steps one round.
  private func step(
    _ batch: inout Batch, _ block: SampleBlock, _ places: Range<Int>
  ) throws {
    let (inputSize, outputSize) = (block.inputSize, block.outputSize)
    let chosen = streams.span.extracting(places)
    let first = rows[places.lowerBound]
    if rows[places.upperBound - 1] - first == places.count - 1 {
      // Safe: the block has these rows, one after the other.
      return try unsafe batch.step(
        chosen, block.inputs + first * inputSize, block.outputs + first * outputSize)
    }
    // Safe: the scratch has as much room as the block.
    for (index, place) in places.enumerated() {
      unsafe (scratch.inputs + index * inputSize).update(
        from: block.inputs + rows[place] * inputSize, count: inputSize)
    }
    try unsafe batch.step(chosen, scratch.inputs, scratch.outputs)
    for (index, place) in places.enumerated() {
      unsafe (block.outputs + rows[place] * outputSize).update(
        from: scratch.outputs + index * outputSize, count: outputSize)
    }
  }
}

extension Batch {
  /// - Parameters:
  ///   - inputs: the samples of the streams, one after the other
  ///   - outputs: has room for as many outputs
  fileprivate mutating func step(
    _ streams: Span<Int>, _ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>
  ) throws {
    guard streams.count > 0 else { return }
    let model = withStream(at: streams[0]) { $0.model }
    let inputs = unsafe UnsafeBufferPointer(start: inputs, count: streams.count * model.inputSize)
    let outputs = unsafe UnsafeMutableBufferPointer(
      start: outputs, count: streams.count * model.outputSize)
    var outputSpan = unsafe outputs.mutableSpan
    try unsafe step(streams, inputs.span, into: &outputSpan)
  }
}
