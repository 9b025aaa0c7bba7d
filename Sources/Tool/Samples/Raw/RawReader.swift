// SPDX-License-Identifier: MIT

/// Reads raw samples: little-endian float32, the inputs of one sample after those of the one
/// before. A sample is always its number of bytes, so that a malformed one can be skipped without
/// losing the place of the next. Bytes that are missing or too many can't be noticed.
public struct RawReader: SampleReader {
  public private(set) var offset: UInt64 = 0
  public private(set) var line: UInt64 = 0
  public private(set) var skipped: UInt64 = 0
  public var isAfterOpenLine: Bool { false }
  public var rules = SampleRules()
  public private(set) var memory = SampleMemory()

  private let inputSize: Int
  /// The largest magnitude of an input.
  private let limit: Float
  /// Whether the next sample may have bad values.
  private var acceptsBadValues = false
  private var sampleSize: Int { 4 * inputSize }

  public init(inputSize: Int, limit: Float) { (self.inputSize, self.limit) = (inputSize, limit) }

  /// Continues in an input of which a part was read before.
  public mutating func resume(
    offset: UInt64, line: UInt64, skipped: UInt64, memory: SampleMemory = SampleMemory()
  ) {
    (self.offset, self.line, self.skipped) = (offset, line, skipped)
    self.memory = memory
    self.memory.check(inputSize: inputSize, limit: limit)
  }

  /// Raw samples have no keys.
  public var keys: KeyTable? { nil }

  public mutating func fill(
    _ block: SampleBlock, limit: Int, from buffer: InputBuffer, isEnd: Bool
  ) -> FillResult {
    let before = block.count
    let result = fillSamples(block, limit: limit, from: buffer, isEnd: isEnd)
    if block.count > before { memory.remember(block, hasTimes: false, holds: rules.holds) }
    return result
  }

  private mutating func fillSamples(
    _ block: SampleBlock, limit: Int, from buffer: InputBuffer, isEnd: Bool
  ) -> FillResult {
    let most = min(limit, block.capacity)
    while block.count < most {
      let bytes = unsafe UnsafeRawBufferPointer(buffer.bytes)
      guard buffer.count >= sampleSize else {
        return isEnd && !buffer.isEmpty ? .malformed(incomplete(buffer.count)) : .needsInput
      }
      let inputs = unsafe block.inputs + block.count * inputSize
      var firstBad: Int?
      for index in 0..<inputSize {
        let bits = unsafe bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        let value = Float(bitPattern: UInt32(littleEndian: bits))
        unsafe inputs[index] = value
        if !(value.magnitude <= self.limit) && firstBad == nil { firstBad = index }
      }
      if let firstBad {
        let error = unsafe outOfRange(firstBad, inputs[firstBad])
        guard rules.holds && (block.count > 0 || !memory.lastInputs.isEmpty) else {
          return .malformed(error)
        }
        guard acceptsBadValues else { return .doubtful(.badValue, error) }
        memory.replaceBadValues(in: block, limit: self.limit, stream: nil)
      }
      acceptsBadValues = false
      block.count += 1
      advance(buffer)
    }
    return .isFull
  }

  /// An incomplete sample at the input's end isn't counted as read: the rest of it may come later.
  public mutating func skip(from buffer: InputBuffer) {
    acceptsBadValues = false
    if buffer.count >= sampleSize {
      advance(buffer)
    } else {
      buffer.removeFirst(buffer.count)
    }
    skipped += 1
  }

  /// Samples without times have none that repeats.
  public mutating func skipRepeat(from buffer: InputBuffer) { skip(from: buffer) }

  public mutating func accept(_ doubt: SampleDoubt) {
    if case .badValue = doubt { acceptsBadValues = true }
  }

  /// Refused, as the next file's bytes may begin in the middle of a sample.
  public func leftOver(in buffer: InputBuffer) -> FillResult? {
    if buffer.isEmpty { return nil }
    return .refused(
      SampleError(
        "sample \(line + 1): the file was cut or replaced after \(buffer.count) of its "
          + "\(sampleSize) bytes"))
  }

  public mutating func beginFile(isWhole: Bool) { (offset, line) = (0, 0) }

  public mutating func readAgain() {}

  private mutating func advance(_ buffer: InputBuffer) {
    buffer.removeFirst(sampleSize)
    offset += UInt64(sampleSize)
    line += 1
  }

  private func outOfRange(_ index: Int, _ value: Float) -> SampleError {
    SampleError(
      "sample \(line + 1), value \(index + 1): found \(value), expected a magnitude of at most "
        + "\(limit)")
  }

  private func incomplete(_ count: Int) -> SampleError {
    SampleError(
      "sample \(line + 1): the input ends after \(count) of its \(sampleSize) bytes")
  }
}
