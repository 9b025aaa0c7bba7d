// SPDX-License-Identifier: MIT

import Glibc

/// Finds the lines in a buffer.
struct LineFinder {
  /// A line, without its end and a byte order mark, and the bytes it takes up with them.
  @safe struct Line {
    let text: UnsafeBufferPointer<UInt8>
    let size: Int
    /// It ends with the input, and not with a line feed.
    let isOpen: Bool
  }

  /// Bytes of an unfinished line that have been looked at.
  private var scanned = 0

  /// The line at the buffer's front, or nil when it isn't whole. The last line of an input need not
  /// end with a line feed.
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
    // Where files were joined, it is in the middle too.
    let mark = unsafe length >= 3 && base[0] == 0xef && base[1] == 0xbb && base[2] == 0xbf ? 3 : 0
    return unsafe Line(
      text: UnsafeBufferPointer(start: base + mark, count: length - mark), size: size,
      isOpen: isOpen)
  }

  mutating func take(_ size: Int, from buffer: InputBuffer) {
    buffer.take(size)
    scanned = 0
  }

  /// Neither blank nor, where there are any, a comment.
  @inline(__always)
  static func hasFields(_ text: UnsafeBufferPointer<UInt8>, unlessComment: Bool) -> Bool {
    guard let first = unsafe text.first else { return false }
    if first > UInt8(ascii: "#") { return true }
    if first == UInt8(ascii: "#") { return !unlessComment }
    return unsafe !text.allSatisfy(FieldScanner.isBlank)
  }
}
