// SPDX-License-Identifier: MIT

/// The key that a line's fields spell: their values, joined by `/`. A `/` or `\` within a value gets
/// a `\` before it, so that two lines have one key only if all values are the same.
///
/// The value of a field in quotes is all that is between them. Blanks around any other field are no
/// part of its value, as they are none of a number.
enum KeyText {
  private static let slash = UInt8(ascii: "/")
  private static let escape = UInt8(ascii: "\\")
  private static let quote = UInt8(ascii: "\"")

  /// The bytes of a value, in which pairs of quotes are still pairs.
  @inline(__always)
  static func value(
    of field: UnsafeBufferPointer<UInt8>
  ) -> UnsafeBufferPointer<UInt8> {
    if unsafe isQuoted(field) {
      return unsafe UnsafeBufferPointer(rebasing: field[1..<(field.count - 1)])
    }
    return unsafe CSVParser.trimmed(field)
  }

  /// Whether a value by itself is a key, as it is in the line.
  @inline(__always)
  static func isPlain(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    for index in 0..<value.count {
      let byte = unsafe value[index]
      if byte == slash || byte == escape || byte == quote { return false }
    }
    return true
  }

  /// - Parameters:
  ///   - fields: of a line, with their quotes
  ///   - places: which of them are the key's
  static func join(
    _ fields: UnsafePointer<UnsafeBufferPointer<UInt8>>, _ places: [Int], into key: inout [UInt8]
  ) {
    key.removeAll(keepingCapacity: true)
    for place in places {
      if place != places[0] { key.append(slash) }
      unsafe append(fields[place], to: &key)
    }
  }

  @inline(__always)
  private static func isQuoted(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    unsafe field.count >= 2 && field[0] == quote && field[field.count - 1] == quote
  }

  private static func append(_ field: UnsafeBufferPointer<UInt8>, to key: inout [UInt8]) {
    let isQuoted = unsafe isQuoted(field)
    var wasQuote = false
    let value = unsafe value(of: field)
    for index in 0..<value.count {
      let byte = unsafe value[index]
      // The first quote of a pair.
      wasQuote = isQuoted && byte == quote && !wasQuote
      if wasQuote { continue }
      if byte == slash || byte == escape { key.append(escape) }
      key.append(byte)
    }
  }
}
