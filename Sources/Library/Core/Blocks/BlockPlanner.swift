// SPDX-License-Identifier: MIT
//
// Plans the two blocks of memory of LeatKernel's `Blocks/`, a model's and a stream's, and writes the
// model's. A step computes values: the sample, as value 0, then the output of each layer. Their
// sizes, and how long each is needed, decide the size of a stream's block: see `StreamPlan`.

import CLeat
import LeatSupport
import LeatKernel

/// Lays out the blocks: returns offsets, layer by layer, in the order of the requests, and adds up
/// the sizes. The same code measures a model and writes it, so that what was measured is what is
/// written.
struct BlockPlanner: ~Copyable {
  /// Weights begin on cache lines.
  static var alignment: Int { Int(LEAT_FAST_ALIGNMENT) }

  /// The bytes that it may take to move a block to a cache line.
  static var slack: Int { Int(LEAT_FAST_ALIGNMENT - LEAT_ALIGNMENT) }

  /// Nil while the model is only measured.
  let writer: BlockWriter?
  private(set) var modelSize: Int
  private(set) var parameters: UInt64 = 0
  private(set) var macsPerStep: UInt64 = 0
  var stream: StreamPlan

  /// `modelSize` is where the records of the layers' kinds begin. `stream` is empty, and has its
  /// peak size if a walk before found it.
  init(modelSize: Int, stream: StreamPlan, _ writer: BlockWriter?) {
    self.writer = writer
    self.modelSize = modelSize
    self.stream = stream
  }

  mutating func count(macs: UInt64, parameters: UInt64) {
    macsPerStep += macs
    self.parameters += parameters
  }

  /// Reserves elements of the model's block, and returns their offset.
  mutating func reserve(
    _ elements: Int, _ type: WeightType = .float32
  ) throws(Failure) -> Int {
    let (bytes, tooBig) = elements.multipliedReportingOverflow(by: type.size)
    guard !tooBig else { throw stream.tooLarge() }
    return try reserve(bytes: bytes)
  }

  mutating func reserve(_ panels: Panels, columns: Int) throws(Failure) -> Int {
    // A column of a panel and a gate has 8 elements, and there may be one vector of padding.
    let (rows, tooMany) = (panels.units + 15).multipliedReportingOverflow(by: panels.gates + 1)
    guard !tooMany, !rows.multipliedReportingOverflow(by: columns).overflow else {
      throw stream.tooLarge()
    }
    return try reserve(panels.elements(columns: columns), panels.type)
  }

  mutating func reserveRecord<Record>(_: Record.Type) throws(Failure) -> Int {
    try reserve(bytes: MemoryLayout<Record>.stride, alignment: MemoryLayout<Record>.alignment)
  }

  private mutating func reserve(
    bytes: Int, alignment: Int = BlockPlanner.alignment
  ) throws(Failure) -> Int {
    // Safe: the size is at most Int.max - 64, so that rounding it up doesn't overflow.
    let offset = modelSize.roundedUp(toMultipleOf: alignment)
    let (end, overflowed) = offset.addingReportingOverflow(bytes)
    guard !overflowed, end <= Int.max - BlockPlanner.alignment else {
      throw stream.tooLarge()
    }
    modelSize = end
    return offset
  }

  /// Reserves a normalizer of `size` inputs, writes it, and returns its offset.
  mutating func placeNormalizer(
    _ file: borrowing Safetensors, mean: TensorIndex, deviation: TensorIndex, size: Int
  ) throws(Failure) -> Int {
    count(macs: 0, parameters: 2 * UInt64(size))
    let offset = try reserve(2 * size)
    guard let writer else { return offset }
    let means = WeightReader(file, mean)
    let deviations = WeightReader(file, deviation)
    for element in 0..<size {
      writer.writeFloat(means.forEach(element).flushed(below: Least.bias), at: offset, element)
      writer.writeFloat(deviations.forEach(element), at: offset, size + element)
    }
    return offset
  }

  /// Reserves a matrix by rows, and its bias, writes them, and returns the offset of its record.
  mutating func placeMatrix(
    _ file: borrowing Safetensors, _ tensor: TensorIndex, rows: Int, columns: Int,
    bias: TensorIndex = TensorIndex()
  ) throws(Failure) -> Int {
    let weights = UInt64(rows) * UInt64(columns)
    count(macs: weights, parameters: weights + (bias.isPresent ? UInt64(rows) : 0))
    let offset = try reserveRecord(MatrixRecord.self)
    let type = file.weightType(tensor.index)
    let (elements, tooMany) = rows.multipliedReportingOverflow(by: MatrixRecord.padded(columns))
    guard !tooMany else { throw stream.tooLarge() }
    let record = MatrixRecord(
      rows: rows, columns: columns, type: type, weights: try reserve(elements, type),
      scales: type == .int8 ? try reserve(rows) : 0, bias: bias.isPresent ? try reserve(rows) : 0)
    if let writer {
      writer.writeRecord(record, at: offset)
      writer.writeMatrix(file, tensor, record)
      if bias.isPresent { writer.writeBias(WeightReader(file, bias), count: rows, at: record.bias) }
    }
    return offset
  }
}
