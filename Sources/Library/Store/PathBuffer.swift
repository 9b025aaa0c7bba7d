// SPDX-License-Identifier: MIT

import LeatSupport

/// A path made out of another one, in memory of its own.
@safe struct PathBuffer: ~Copyable {
  private let start: UnsafeMutablePointer<CChar>
  private var count = 0

  /// `path` with something at its end.
  init(_ path: UnsafePointer<CChar>, _ suffix: StaticString) throws(Failure) {
    try unsafe self.init(capacity: ByteView(text: path).count + suffix.utf8CodeUnitCount)
    let bytes = unsafe ByteView(text: path)
    for offset in 0..<bytes.count { append(bytes.byte(at: offset)) }
    append(suffix)
  }

  /// The first bytes of `path`.
  init(_ path: UnsafePointer<CChar>, first size: Int) throws(Failure) {
    try self.init(capacity: size)
    let bytes = unsafe ByteView(text: path)
    for offset in 0..<min(size, bytes.count) { append(bytes.byte(at: offset)) }
  }

  /// The URI of an absolute path, for SQLite: https://sqlite.org/uri.html
  init(uriOf path: UnsafePointer<CChar>, _ query: StaticString) throws(Failure) {
    try unsafe self.init(capacity: 7 + 3 * ByteView(text: path).count + query.utf8CodeUnitCount)
    append("file://")
    let bytes = unsafe ByteView(text: path)
    for offset in 0..<bytes.count {
      let byte = bytes.byte(at: offset)
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

  private init(capacity: Int) throws(Failure) {
    // One more for the NUL.
    unsafe start = try SQLiteMemory.allocate(capacity + 1)
      .bindMemory(to: CChar.self, capacity: capacity + 1)
    unsafe start.initialize(repeating: 0, count: capacity + 1)
  }

  deinit { unsafe SQLiteMemory.free(start) }

  /// Ends with NUL, and lives as long as this.
  var text: UnsafePointer<CChar> { unsafe UnsafePointer(start) }

  private mutating func append(_ byte: UInt8) {
    // Safe: all initialisers make room for all that they append, and the NUL after it.
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

extension ByteView {
  /// The bytes before a NUL.
  init(text: UnsafePointer<CChar>) {
    var count = 0
    while unsafe text[count] != 0 { count += 1 }
    unsafe self.init(text, count: count)
  }
}
