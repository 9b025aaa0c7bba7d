// SPDX-License-Identifier: MIT

import LeatSupport

/// A path made from another one. It owns its memory.
@safe struct PathBuffer: ~Copyable {
  private let start: UnsafeMutablePointer<CChar>
  private var count = 0

  /// `path` followed by `suffix`.
  init(_ path: FilePath, _ suffix: StaticString, _ explanation: Explanation) throws(Failure) {
    let path = path.bytes
    try self.init(capacity: path.count + suffix.utf8CodeUnitCount, explanation)
    for offset in 0..<path.count { append(path.byte(at: offset)) }
    append(suffix)
  }

  /// The first `size` bytes of `path`.
  init(_ path: FilePath, first size: Int, _ explanation: Explanation) throws(Failure) {
    try self.init(capacity: size, explanation)
    let path = path.bytes
    for offset in 0..<min(size, path.count) { append(path.byte(at: offset)) }
  }

  /// The URI of an absolute path, for SQLite: https://sqlite.org/uri.html
  init(uriOf path: FilePath, _ query: StaticString, _ explanation: Explanation) throws(Failure) {
    let path = path.bytes
    try self.init(capacity: 7 + 3 * path.count + query.utf8CodeUnitCount, explanation)
    append("file://")
    for offset in 0..<path.count {
      let byte = path.byte(at: offset)
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."):
        append(byte)
      default:
        append(UInt8(ascii: "%"))
        append(hex: byte >> 4)
        append(hex: byte & 15)
      }
    }
    append(query)
  }

  private init(capacity: Int, _ explanation: Explanation) throws(Failure) {
    // One byte more, for the NUL.
    unsafe start = try SQLiteMemory.allocate(capacity + 1, explanation)
      .bindMemory(to: CChar.self, capacity: capacity + 1)
    unsafe start.initialize(repeating: 0, count: capacity + 1)
  }

  deinit { unsafe SQLiteMemory.free(start) }

  /// Valid as long as the buffer.
  var path: FilePath { unsafe FilePath(start) }

  private mutating func append(_ byte: UInt8) {
    // Safe: each initialiser allocates enough for all that it appends, and the NUL after it.
    unsafe start[count] = CChar(bitPattern: byte)
    count += 1
  }

  private mutating func append(hex digit: UInt8) {
    append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
  }

  private mutating func append(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { unsafe append(text.utf8Start[index]) }
  }
}
