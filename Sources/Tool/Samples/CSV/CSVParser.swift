// SPDX-License-Identifier: MIT

/// Splits a line of CSV into its fields.
///
/// The format is that of RFC 4180, with any one byte as the separator, or with blanks, of which
/// several are one separator; and with one difference: a quoted field can't contain a line end. So
/// each record is one line, and after a malformed line the next one is found without a doubt.
/// Fields are visited in the buffer and never copied, as this runs once for each sample; pairs of
/// quotes in them become single only where text is needed.
struct CSVParser {
  let separator: UInt8
  private let hasRuns: Bool
  private static let quote = UInt8(ascii: "\"")

  @inline(__always)
  init(separator: UInt8) {
    self.separator = separator
    hasRuns = separator == UInt8(ascii: " ")
  }

  /// Calls `visit` with the index and the text of each field, with its quotes.
  ///
  /// - Returns: the number of fields; nil when a quoted field isn't closed before a separator
  @inline(__always)
  func parse(
    _ line: UnsafeBufferPointer<UInt8>, _ visit: (Int, UnsafeBufferPointer<UInt8>) -> Void
  ) -> Int? {
    let (separator, hasRuns) = (separator, hasRuns)
    var (count, index) = (0, 0)
    if hasRuns { unsafe skipRun(line, &index) }
    while true {
      let start = index
      if index < line.count, unsafe line[index] == Self.quote {
        guard let end = unsafe endOfQuoted(line, from: index) else { return nil }
        index = end
      } else {
        while index < line.count, unsafe line[index] != separator { index &+= 1 }
      }
      unsafe visit(count, UnsafeBufferPointer(rebasing: line[start..<index]))
      count &+= 1
      if index == line.count { return count }
      index &+= 1
      if hasRuns {
        unsafe skipRun(line, &index)
        if index == line.count { return count }
      }
    }
  }

  @inline(__always)
  private func skipRun(_ line: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
    while index < line.count, unsafe line[index] == separator { index &+= 1 }
  }

  /// The index after the quote that closes the one at `start`.
  private func endOfQuoted(_ line: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var index = start + 1
    while index < line.count {
      if unsafe line[index] == Self.quote {
        index += 1
        if unsafe index == line.count || line[index] == separator { return index }
        guard unsafe line[index] == Self.quote else { return nil }
      }
      index += 1
    }
    return nil
  }

  /// A field without quotes, and without blanks around it.
  @inline(__always)
  static func value(of field: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    let count = field.count
    if unsafe count >= 2 && field[0] == quote && field[count - 1] == quote {
      return unsafe trimmed(UnsafeBufferPointer(rebasing: field[1..<(count - 1)]))
    }
    return unsafe trimmed(field)
  }

  /// A text without the blanks around it.
  @inline(__always)
  static func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var (start, end) = (0, text.count)
    while start < end, unsafe isBlank(text[start]) { start &+= 1 }
    while start < end, unsafe isBlank(text[end - 1]) { end &-= 1 }
    return unsafe UnsafeBufferPointer(rebasing: text[start..<end])
  }

  /// A field as text, pairs of quotes made single.
  static func text(of field: UnsafeBufferPointer<UInt8>) -> String {
    let value = unsafe value(of: field)
    var bytes: [UInt8] = []
    var wasQuote = false
    for index in 0..<value.count {
      let byte = unsafe value[index]
      wasQuote = unsafe byte == quote && !wasQuote && field[0] == quote
      if !wasQuote { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
