// SPDX-License-Identifier: MIT

import LeatBytes

/// A path made out of another one, in memory of its own.
@safe struct PathBuffer: ~Copyable {
  private let start: UnsafeMutablePointer<CChar>
  private var count = 0

  /// `path` with something at its end.
  init(_ path: UnsafePointer<CChar>, _ suffix: StaticString) throws(Failure) {
    try unsafe self.init(capacity: PathBuffer.length(path) + suffix.utf8CodeUnitCount)
    var next = unsafe path
    while unsafe next.pointee != 0 {
      unsafe append(UInt8(bitPattern: next.pointee))
      unsafe next += 1
    }
    append(suffix)
  }

  /// The URI of an absolute path, for SQLite: https://sqlite.org/uri.html
  init(uriOf path: UnsafePointer<CChar>, _ query: StaticString) throws(Failure) {
    try unsafe self.init(capacity: 7 + 3 * PathBuffer.length(path) + query.utf8CodeUnitCount)
    append("file://")
    var next = unsafe path
    while unsafe next.pointee != 0 {
      let byte = unsafe UInt8(bitPattern: next.pointee)
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."):
        append(byte)
      default:
        append(UInt8(ascii: "%"))
        append(hex: byte >> 4)
        append(hex: byte & 15)
      }
      unsafe next += 1
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

  private static func length(_ path: UnsafePointer<CChar>) -> Int {
    var count = 0
    while unsafe path[count] != 0 { count += 1 }
    return count
  }

  private mutating func append(_ byte: UInt8) {
    // Safe: both initialisers make room for all that they append, and the NUL after it.
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
