// SPDX-License-Identifier: MIT

/// Reads samples that stand one behind the other as little-endian float32.
public struct RawReader: SampleReader {
  public private(set) var offset: UInt64 = 0
  public private(set) var line: UInt64 = 0
  public private(set) var skipped: UInt64 = 0
  public var isBehindOpenLine: Bool { false }

  private let inputSize: Int
  /// Magnitudes beyond it aren't taken in.
  private let limit: Float
  private var sampleSize: Int { 4 * inputSize }

  public init(inputSize: Int, limit: Float) { (self.inputSize, self.limit) = (inputSize, limit) }

  /// Goes on in an input of which a part has been taken.
  public mutating func resume(offset: UInt64, line: UInt64, skipped: UInt64) {
    (self.offset, self.line, self.skipped) = (offset, line, skipped)
  }

  public mutating func fill(
    _ block: SampleBlock, limit: Int, from buffer: InputBuffer, isEnd: Bool
  ) -> FillResult {
    let most = min(limit, block.capacity)
    while block.count < most {
      let bytes = unsafe UnsafeRawBufferPointer(buffer.bytes)
      guard buffer.count >= sampleSize else {
        return isEnd && !buffer.isEmpty ? .malformed(cutShort(buffer.count)) : .needsInput
      }
      let inputs = unsafe block.inputs + block.count * inputSize
      for index in 0..<inputSize {
        let bits = unsafe bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        let value = Float(bitPattern: UInt32(littleEndian: bits))
        unsafe inputs[index] = value
        guard value.magnitude <= self.limit else { return .malformed(unfit(index, value)) }
      }
      block.count += 1
      take(buffer)
    }
    return .isFull
  }

  /// What the input's end has cut short stays: the rest of it may come yet.
  public mutating func skip(from buffer: InputBuffer) {
    if buffer.count >= sampleSize {
      take(buffer)
    } else {
      buffer.take(buffer.count)
    }
    skipped += 1
  }

  /// Without it nobody knows where in the next file's bytes a sample begins.
  public func leftOver(in buffer: InputBuffer) -> FillResult? {
    if buffer.isEmpty { return nil }
    return .refused(
      SampleError(
        "sample \(line + 1): the file was cut or replaced after \(buffer.count) of its "
          + "\(sampleSize) bytes"))
  }

  public mutating func beginFile(isWhole: Bool) { (offset, line) = (0, 0) }

  public mutating func readAgain() {}

  private mutating func take(_ buffer: InputBuffer) {
    buffer.take(sampleSize)
    offset += UInt64(sampleSize)
    line += 1
  }

  private func unfit(_ index: Int, _ value: Float) -> SampleError {
    SampleError(
      "sample \(line + 1), value \(index + 1): found \(value), expected a magnitude of at most "
        + "\(limit)")
  }

  private func cutShort(_ count: Int) -> SampleError {
    SampleError(
      "sample \(line + 1): the input ends after \(count) of its \(sampleSize) bytes")
  }
}
