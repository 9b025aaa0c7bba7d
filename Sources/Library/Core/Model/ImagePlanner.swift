// SPDX-License-Identifier: MIT
//
// Lays out a model's block and its streams' blocks: hands out offsets layer by layer, in the order
// in which they are asked for, and adds up the sizes. The same walk measures and writes.
//
// In a stream, what outlives a step comes first. After it each value has a place for as long as a
// layer still reads it. How much room the widest point of the list needs is found by a first walk
// (`survey`); then values are placed at either end of that room. A chain, of which two values are in
// use at a time, always fits. Other lists may need more, and are given the first gap.

import CLeat
import LeatSupport
import LeatKernel

/// What a layer's plan says of where it was placed.
struct PlacedLayer {
  var record: Int
  var output: Place
  /// Of a recurrent layer.
  var state: StateRecord?

  init(record: Int, output: Int) {
    self.record = record
    self.output = Place(output)
    state = nil
  }

  /// A recurrent layer puts out the h of this step, which isn't the current one yet.
  init(record: Int, recurrent: PlacedRecurrent, _ state: StateRecord) {
    self.record = record
    output = Place(even: recurrent.hidden.odd, odd: recurrent.hidden.even)
    self.state = state
  }
}

struct ImagePlanner: ~Copyable {
  /// Weights begin on cache lines.
  private static var alignment: Int { Int(LEAT_FAST_ALIGNMENT) }

  /// What it may take to move a block to a cache line.
  static var slack: Int { Int(LEAT_FAST_ALIGNMENT - LEAT_ALIGNMENT) }

  /// Nil while the model is only measured.
  let writer: ImageWriter?
  private(set) var imageSize: Int
  private(set) var parameters: UInt64 = 0
  private(set) var macsPerStep: UInt64 = 0
  /// Ends of the streams' state and of all that they hold.
  private var stateEnd = StreamBlock.headerSize
  private var scratchStart = StreamBlock.headerSize
  private var scratchEnd = 0
  /// Bytes that values need at the widest point of the list. Nil while they are being counted.
  private let room: Int?
  private var widest = 0
  /// The layer that is being placed, and what it has reserved for the time of its step.
  private var layer = 0
  private var own = (start: 0, end: 0)

  /// `room` is what `survey` found in a walk before.
  init(
    _ architecture: borrowing Architecture, room: Int?, _ writer: ImageWriter?
  ) throws(Failure) {
    self.writer = writer
    self.room = room
    imageSize = ModelImage.recordsEnd(
      layers: architecture.layers.count, states: architecture.stateCount,
      sources: architecture.sources.count)
    for index in 0..<architecture.layers.count {
      guard let state = architecture.layers[index].plan.state else { continue }
      let (end, overflowed) = scratchStart.addingReportingOverflow(4 * state.streamFloats)
      guard !overflowed else { throw ImagePlanner.tooLarge() }
      scratchStart = end
    }
    scratchEnd = scratchStart
  }

  private static func tooLarge() -> Failure {
    Failure(LEAT_E_UNSUPPORTED, "the model is larger than this machine's address space")
  }

  mutating func count(macs: UInt64, parameters: UInt64) {
    macsPerStep += macs
    self.parameters += parameters
  }

  // MARK: The model's block

  /// Reserves elements of the model's block and returns their offset.
  mutating func reserve(
    _ elements: Int, _ type: WeightType = .float32
  ) throws(Failure) -> Int {
    let (bytes, tooBig) = elements.multipliedReportingOverflow(by: type.size)
    guard !tooBig else { throw ImagePlanner.tooLarge() }
    return try reserve(bytes: bytes)
  }

  mutating func reserve(_ panels: Panels, columns: Int) throws(Failure) -> Int {
    // A column of a panel and a gate has 8 elements, and one vector more may be filled up.
    let (rows, tooMany) = (panels.units + 15).multipliedReportingOverflow(by: panels.gates + 1)
    guard !tooMany, !rows.multipliedReportingOverflow(by: columns).overflow else {
      throw ImagePlanner.tooLarge()
    }
    return try reserve(panels.elements(columns: columns), panels.type)
  }

  mutating func reserveRecord<Record>(_: Record.Type) throws(Failure) -> Int {
    try reserve(bytes: MemoryLayout<Record>.stride, alignment: MemoryLayout<Record>.alignment)
  }

  private mutating func reserve(
    bytes: Int, alignment: Int = ImagePlanner.alignment
  ) throws(Failure) -> Int {
    let (aligned, overflowed) = imageSize.addingReportingOverflow(alignment - 1)
    let offset = aligned & ~(alignment - 1)
    let (end, beyond) = offset.addingReportingOverflow(bytes)
    guard !overflowed, !beyond, end <= Int.max - ImagePlanner.slack else {
      throw ImagePlanner.tooLarge()
    }
    imageSize = end
    return offset
  }

  mutating func placeNormalizer(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture
  ) throws(Failure) -> Int {
    let size = architecture.inputSize
    count(macs: 0, parameters: 2 * UInt64(size))
    let offset = try reserve(2 * size)
    guard let writer else { return offset }
    let means = WeightReader(file, architecture.inputMean)
    let deviations = WeightReader(file, architecture.inputDeviation)
    for element in 0..<size {
      writer.write(means.kept(element, Least.bias), at: offset, element)
      writer.write(deviations[element], at: offset, size + element)
    }
    return offset
  }

  /// A matrix by rows, and the offset of its record.
  mutating func placeMatrix(
    _ file: borrowing Safetensors, _ tensor: TensorPlace, rows: Int, columns: Int,
    bias: TensorPlace = TensorPlace()
  ) throws(Failure) -> Int {
    let weights = UInt64(rows) * UInt64(columns)
    count(macs: weights, parameters: weights + (bias.isThere ? UInt64(rows) : 0))
    let offset = try reserveRecord(MatrixRecord.self)
    let type = file.weightType(tensor.index)
    let (elements, tooMany) = rows.multipliedReportingOverflow(by: MatrixRecord.filled(columns))
    guard !tooMany else { throw ImagePlanner.tooLarge() }
    let record = MatrixRecord(
      rows: rows, columns: columns, type: type, weights: try reserve(elements, type),
      scales: type == .int8 ? try reserve(rows) : 0, bias: bias.isThere ? try reserve(rows) : 0)
    if let writer {
      writer.write(record, at: offset)
      writer.write(file, tensor, record)
      if bias.isThere { writer.write(WeightReader(file, bias), count: rows, at: record.bias) }
    }
    return offset
  }

  // MARK: A stream's block

  /// The room that values need, once all layers were placed without any.
  var survey: Int { widest }

  /// Bytes of a stream's block: to a whole cache line, as everything is a multiple of half of one.
  var streamSize: Int {
    (scratchEnd + ImagePlanner.alignment - 1) & ~(ImagePlanner.alignment - 1)
  }

  /// Reserves floats that outlive a step, filled up to a multiple of 8.
  mutating func reserveInStream(_ count: Int) throws(Failure) -> Int {
    let offset = stateEnd
    stateEnd += 4 * MatrixRecord.filled(count)
    return offset
  }

  /// Says that layer `index` is placed from here on.
  mutating func begin(_ index: Int) {
    layer = index
    own = (0, 0)
  }

  /// Reserves floats for what a layer puts out.
  mutating func reserveOutput(
    _ count: Int, _ architecture: borrowing Architecture
  ) throws(Failure) -> Int {
    try findGap(4 * MatrixRecord.filled(count), architecture)
  }

  /// Reserves floats that a layer needs during its step only, in three parts.
  mutating func reserveScratch(
    _ first: Int, _ second: Int, _ third: Int, _ architecture: borrowing Architecture
  ) throws(Failure) -> (Int, Int, Int) {
    let (one, two) = (4 * MatrixRecord.filled(first), 4 * MatrixRecord.filled(second))
    let offset = try findGap(one + two + 4 * MatrixRecord.filled(third), architecture)
    return (offset, offset + one, offset + one + two)
  }

  /// A place of `size` bytes beside the values that this layer or a later one reads, and beside what it
  /// has reserved itself.
  private mutating func findGap(
    _ size: Int, _ architecture: borrowing Architecture
  ) throws(Failure) -> Int {
    guard let room else {
      try count(size, architecture)
      return scratchStart
    }
    var start = scratchStart
    if !isFree(start, size, architecture) {
      start = scratchStart + room - size
      if size > room || !isFree(start, size, architecture) {
        start = try firstGap(size, architecture)
      }
    }
    own = (start, start + size)
    scratchEnd = max(scratchEnd, start + size)
    return start
  }

  /// Adds up what is in use now.
  private mutating func count(
    _ size: Int, _ architecture: borrowing Architecture
  ) throws(Failure) {
    own.end += size
    var used = own.end
    for index in 0..<layer + 1 where isInUse(index, architecture) {
      let (sum, overflowed) = used.addingReportingOverflow(bytes(index, architecture))
      guard !overflowed else { throw ImagePlanner.tooLarge() }
      used = sum
    }
    widest = max(widest, used)
    guard widest <= Int.max - scratchStart - ImagePlanner.alignment else {
      throw ImagePlanner.tooLarge()
    }
  }

  /// Whether a layer from this one on reads a value that doesn't outlive the step.
  private func isInUse(_ index: Int, _ architecture: borrowing Architecture) -> Bool {
    let value = architecture.values[index]
    return !value.isState && Int(value.lastUse) >= layer
  }

  private func bytes(_ index: Int, _ architecture: borrowing Architecture) -> Int {
    4 * MatrixRecord.filled(architecture.values[index].size)
  }

  private func isFree(
    _ start: Int, _ size: Int, _ architecture: borrowing Architecture
  ) -> Bool {
    if start < own.end, own.start - start < size { return false }
    for index in 0..<layer + 1 where isInUse(index, architecture) {
      let place = architecture.values[index].place.even
      if start < place + bytes(index, architecture), place - start < size { return false }
    }
    return true
  }

  /// The first free place after a value.
  private func firstGap(
    _ size: Int, _ architecture: borrowing Architecture
  ) throws(Failure) -> Int {
    var best = own.end > 0 && isFree(own.end, size, architecture) ? own.end : Int.max
    for index in 0..<layer + 1 where isInUse(index, architecture) {
      let end = architecture.values[index].place.even + bytes(index, architecture)
      if end < best, isFree(end, size, architecture) { best = end }
    }
    guard best <= Int.max - size - ImagePlanner.alignment else { throw ImagePlanner.tooLarge() }
    return best
  }
}
