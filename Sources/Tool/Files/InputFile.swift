// SPDX-License-Identifier: MIT

/// A file that is read into memory as a whole: a state, a cursor.
enum InputFile {
  static func bytes(_ path: String) throws -> [UInt8] { try OpenFile(path, .read).bytes() }

  /// Its first bytes, which tell its kind. The file is opened again to read the rest, and a FIFO
  /// can't be: it is refused, without waiting for a writer.
  static func head(_ path: String, count: Int) throws -> [UInt8] {
    let file = try OpenFile(path, .readWithoutWaiting)
    let kind = try FileStatus(of: file).kind
    guard kind == .regular else {
      throw ToolError(.noInput, "\(path): found \(kind.rawValue), expected a regular file")
    }
    return try file.bytes(atMost: count)
  }

  static func size(_ path: String) throws -> UInt64 {
    guard let status = FileStatus(of: path) else { throw ToolError.system(.noInput, path) }
    return status.size
  }
}
