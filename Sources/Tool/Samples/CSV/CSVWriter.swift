// SPDX-License-Identifier: MIT

/// Writes outputs as CSV, one line for each sample that has one: the copied columns of its line, or the sample's
/// number, and the outputs.
public struct CSVWriter {
  /// The fields before the outputs.
  public enum Front {
    case nothing
    /// The sample's number in the stream, from 0.
    case number
    /// The copied columns, byte for byte.
    case texts
  }

  private let separator: UInt8
  private let front: Front
  private let isForTerminal: Bool
  private let marksGaps: Bool
  private let decimals: DecimalWriter

  /// - Parameters:
  ///   - decimal: the decimal sign
  ///   - isForTerminal: whether control characters in copied text are replaced
  ///   - marksGaps: whether a row ends with 1 after a gap, and else with 0
  public init(
    separator: UInt8, decimal: UInt8 = UInt8(ascii: "."), front: Front, isForTerminal: Bool = false,
    marksGaps: Bool = false
  ) {
    (self.separator, self.front, self.isForTerminal) = (separator, front, isForTerminal)
    (self.marksGaps, decimals) = (marksGaps, DecimalWriter(point: decimal))
  }

  /// The most bytes of a row without the copied texts.
  public static func size(outputs: Int) -> Int { outputs * (DecimalWriter.capacity + 1) + 32 }

  /// Writes rows of a block, from row `first` on, as many as the buffer has space for.
  ///
  /// - Parameter position: of the block's first sample
  /// - Returns: the first row that isn't written
  public func write(
    _ block: SampleBlock, from first: Int, position: UInt64, to buffer: OutputBuffer
  ) -> Int {
    let size = Self.size(outputs: block.outputSize)
    for row in first..<block.count where block.hasOutput(row) {
      let texts = unsafe UnsafeBufferPointer(
        start: block.carriedText + row * block.carriedCount, count: block.carriedCount)
      var needed = size
      if front == .texts { for index in texts.indices { needed += unsafe texts[index].count + 1 } }
      guard buffer.freeCount >= needed else { return row }
      var end = unsafe buffer.end
      switch front {
      case .nothing: break
      case .number:
        unsafe end += number(position + UInt64(row), to: end)
        unsafe put(separator, at: &end)
      case .texts:
        for index in texts.indices {
          if isForTerminal {
            unsafe putPrintable(texts[index], at: &end)
          } else {
            unsafe end.update(from: texts[index].baseAddress!, count: texts[index].count)
            unsafe end += texts[index].count
          }
          unsafe put(separator, at: &end)
        }
      }
      let outputs = unsafe block.outputs + row * block.outputSize
      for index in 0..<block.outputSize {
        unsafe end += decimals.write(outputs[index], to: end)
        unsafe put(separator, at: &end)
      }
      if marksGaps {
        unsafe put(UInt8(ascii: block.isAfterGap[row] ? "1" : "0"), at: &end)
        unsafe put(separator, at: &end)
      }
      unsafe end[-1] = UInt8(ascii: "\n")
      buffer.advance(by: unsafe end - buffer.end)
    }
    return block.count
  }

  @inline(__always)
  private func put(_ byte: UInt8, at end: inout UnsafeMutablePointer<UInt8>) {
    unsafe end.pointee = byte
    unsafe end += 1
  }

  /// Each control character, and each byte that isn't UTF-8, becomes `?`, so the text gets no
  /// longer.
  private func putPrintable(
    _ text: UnsafeBufferPointer<UInt8>, at end: inout UnsafeMutablePointer<UInt8>
  ) {
    for scalar in unsafe String(decoding: text, as: UTF8.self).unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control || scalar == "\u{fffd}"
      for byte in UTF8.encode(isControl ? "?" : scalar)! { unsafe put(byte, at: &end) }
    }
  }

  /// - Returns: the number of digits
  private func number(_ value: UInt64, to text: UnsafeMutablePointer<UInt8>) -> Int {
    var (rest, count) = (value, 1)
    while rest >= 10 { (rest, count) = (rest / 10, count + 1) }
    rest = value
    for index in (0..<count).reversed() {
      let (tenth, last) = rest.quotientAndRemainder(dividingBy: 10)
      unsafe text[index] = UInt8(ascii: "0") + UInt8(last)
      rest = tenth
    }
    return count
  }
}
