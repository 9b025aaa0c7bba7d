// SPDX-License-Identifier: MIT

/// Recognizes files that aren't text by their first bytes.
enum FileSignature {
  private static let kinds: [(bytes: [UInt8], kind: String)] = [
    ([0x1f, 0x8b], "is compressed by gzip: `gzip -dc` makes text of it"),
    ([0x28, 0xb5, 0x2f, 0xfd], "is compressed by zstd: `zstd -dc` makes text of it"),
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "is compressed by xz: `xz -dc` makes text of it"),
    (Array("PK".utf8) + [3, 4], "is a zip archive (a spreadsheet .xlsx is one)"),
    (Array("PK".utf8) + [5, 6], "is an empty zip archive"),
    ([0x89] + Array("HDF".utf8), "is an HDF5 file"),
    (Array("SQLite format 3".utf8) + [0], "is a SQLite database"),
    ([0xff, 0xfe, 0, 0], "is text in UTF-32: `iconv -f UTF-32 -t UTF-8` makes it UTF-8"),
    ([0xff, 0xfe], utf16), ([0xfe, 0xff], utf16),
  ]
  private static let utf16 = "is text in UTF-16: `iconv -f UTF-16 -t UTF-8` makes it UTF-8"

  /// - Parameter bytes: the first bytes of an input
  /// - Returns: the kind of file, "is ..."; nil when it may be text
  static func kind(of bytes: UnsafeBufferPointer<UInt8>) -> String? {
    if let known = kinds.first(where: { unsafe bytes.starts(with: $0.bytes) }) {
      return known.kind
    }
    if unsafe isBzip2(bytes) { return "is compressed by bzip2: `bzip2 -dc` makes text of it" }
    if unsafe isParquet(bytes) { return "is a Parquet file" }
    // Without a byte order mark: in UTF-16 Latin letters have a zero before or after them.
    if bytes.count >= 4 {
      let zeros = unsafe bytes.prefix(4).map { $0 == 0 }
      if zeros == [false, true, false, true] || zeros == [true, false, true, false] {
        return utf16
      }
    }
    return nil
  }

  // These formats begin like the name of a column.

  /// Whether a level comes next, then the digits of pi, as before a block, or of its square root,
  /// as at the end.
  private static func isBzip2(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard unsafe bytes.count >= 10 && bytes.starts(with: "BZh".utf8) else { return false }
    let next = unsafe Array(bytes[4..<10])
    return unsafe (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(bytes[3])
      && (next == [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]
        || next == [0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
  }

  /// Whether a control character comes next, the beginning of binary data.
  private static func isParquet(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard unsafe bytes.count >= 5 && bytes.starts(with: "PAR1".utf8) else { return false }
    let next = unsafe bytes[4]
    return next < UInt8(ascii: " ") && !"\t\r\n".utf8.contains(next)
  }

  /// The reason why an input's first line, or the beginning of it, isn't CSV.
  static func defect(in line: UnsafeBufferPointer<UInt8>) -> String? {
    if unsafe line.contains(0) {
      return "holds a zero byte: this is no text; raw float32 samples need the format f32"
    }
    // Carriage returns at its end are a part of the line end.
    let isReturn = { (byte: UInt8) in byte == UInt8(ascii: "\r") }
    if unsafe line.reversed().drop(while: isReturn).contains(where: isReturn) {
      return "holds carriage returns, which end no line here: `tr '\\r' '\\n'` makes line feeds of "
        + "them"
    }
    return nil
  }
}
