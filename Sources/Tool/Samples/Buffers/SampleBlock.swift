// SPDX-License-Identifier: MIT

/// Samples that are stepped together, their outputs, and the text of their lines that is copied to
/// the output. Samples go through a run in blocks, so that the cost of a call, a clock and a check
/// between them is shared by many.
@safe public final class SampleBlock {
  public let inputSize: Int
  public let outputSize: Int
  /// The most samples.
  public let capacity: Int
  /// [count][input_size]
  public let inputs: UnsafeMutablePointer<Float>
  /// [count][output_size]
  public let outputs: UnsafeMutablePointer<Float>
  /// [count], Unix seconds; undefined without a time column.
  public let times: UnsafeMutablePointer<Double>
  /// [count]: the number of the sample's stream; undefined without keys.
  public let streams: UnsafeMutablePointer<Int32>
  /// [count]; undefined unless a reader's rules have a gap.
  let isAfterGap: UnsafeMutablePointer<Bool>
  /// [count][carried]: text in the input's buffer.
  let carriedText: UnsafeMutablePointer<UnsafeBufferPointer<UInt8>>
  let carriedCount: Int
  public internal(set) var count = 0
  /// Whether each sample has an output; nil when all have one. Only these get a row.
  public var outputFlags: [Bool]?

  /// - Parameter carried: columns whose text is copied to the output
  public init(inputSize: Int, outputSize: Int, carried: Int, capacity: Int) {
    (self.inputSize, self.outputSize, self.capacity) = (inputSize, outputSize, capacity)
    carriedCount = carried
    unsafe inputs = .allocate(capacity: capacity * inputSize)
    unsafe outputs = .allocate(capacity: capacity * outputSize)
    unsafe times = .allocate(capacity: capacity)
    unsafe streams = .allocate(capacity: capacity)
    unsafe isAfterGap = .allocate(capacity: capacity)
    unsafe carriedText = .allocate(capacity: max(1, capacity * carried))
  }

  deinit {
    unsafe inputs.deallocate()
    unsafe outputs.deallocate()
    unsafe times.deallocate()
    unsafe streams.deallocate()
    unsafe isAfterGap.deallocate()
    unsafe carriedText.deallocate()
  }

  public func removeAll() { count = 0 }

  @inline(__always)
  public func hasOutput(_ row: Int) -> Bool {
    outputFlags?[row] ?? true
  }

  /// How many samples, from one on, are those up to the last of so many rows; none with no rows.
  public func samples(from first: Int, rows: Int) -> Int {
    var (left, end) = (rows, first)
    for row in first..<count where left > 0 && hasOutput(row) { (left, end) = (left - 1, row + 1) }
    return end - first
  }
}
