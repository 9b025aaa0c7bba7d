// SPDX-License-Identifier: MIT

import Glibc

/// Finds the lines in a buffer.
struct LineFinder {
  @safe struct Line {
    /// Without line end and byte order mark.
    let text: UnsafeBufferPointer<UInt8>
    /// Bytes in the buffer, with line end and byte order mark.
    let size: Int
    /// It ends with the input, without a line feed.
    let isOpen: Bool
  }

  /// Bytes of an incomplete line that were searched before.
  private var scanned = 0

  /// The line at the buffer's front; nil when it is incomplete. At an input's end a line may lack
  /// its line feed.
  mutating func next(in buffer: InputBuffer, isEnd: Bool) -> Line? {
    let bytes = unsafe buffer.bytes
    guard !buffer.isEmpty, let base = bytes.baseAddress else { return nil }
    var length = bytes.count
    let isOpen: Bool
    if let end = unsafe memchr(base + scanned, Int32(UInt8(ascii: "\n")), length - scanned) {
      unsafe length = UnsafeRawPointer(end) - UnsafeRawPointer(base)
      isOpen = false
    } else {
      guard isEnd else {
        scanned = length
        return nil
      }
      isOpen = true
    }
    let size = isOpen ? length : length + 1
    if length > 0, unsafe base[length - 1] == UInt8(ascii: "\r") { length -= 1 }
    // Joined files have byte order marks in the middle, too.
    let mark = unsafe length >= 3 && base[0] == 0xef && base[1] == 0xbb && base[2] == 0xbf ? 3 : 0
    return unsafe Line(
      text: UnsafeBufferPointer(start: base + mark, count: length - mark), size: size,
      isOpen: isOpen)
  }

  mutating func remove(_ size: Int, from buffer: InputBuffer) {
    buffer.removeFirst(size)
    scanned = 0
  }

  /// Whether a line is neither blank nor a comment.
  @inline(__always)
  static func hasFields(_ text: UnsafeBufferPointer<UInt8>, commentsAllowed: Bool) -> Bool {
    guard let first = unsafe text.first else { return false }
    if first > UInt8(ascii: "#") { return true }
    if first == UInt8(ascii: "#") { return !commentsAllowed }
    return unsafe !text.allSatisfy(CSVParser.isBlank)
  }
}
