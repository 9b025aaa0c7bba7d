// SPDX-License-Identifier: MIT

import LeatSamples

/// How far a run had got when it was killed.
enum KilledRun {
  /// The run's output may have rows after the checkpoint: as many samples were stepped. Without
  /// such rows only the checkpoint's position is known.
  ///
  /// - Parameters:
  ///   - output: the file that it wrote to; nil for standard output
  ///   - rowSize: bytes of a row of raw outputs; nil of lines of text
  ///   - hasHeader: whether the output's first line is a header
  ///   - samples: the number of samples that have so many rows
  static func event(
    _ point: StoredStream.ResumePoint, output: String?, rowSize: Int?, hasHeader: Bool,
    samples: (UInt64) -> UInt64
  ) throws -> History.Event {
    let (checkpoint, mark) = (point.checkpoint, point.cursor.output)
    let unknown = History.Event(
      .killed, position: point.position, time: checkpoint.savedAt)
    guard let output, let file = try? OpenFile(output, .read) else { return unknown }
    let status = try FileStatus(of: file)
    let size = status.size - min(status.size, mark.offset)
    var rows =
      try rowSize.map { size / UInt64($0) } ?? lines(from: mark.offset, in: file)
    if hasHeader && mark.offset == 0 && rows > 0 { rows -= 1 }
    guard rows > 0 else { return unknown }
    return History.Event(
      .killed, position: point.position + samples(rows), time: status.modified)
  }

  private static func lines(from offset: UInt64, in file: OpenFile) throws -> UInt64 {
    var (lines, offset): (UInt64, UInt64) = (0, offset)
    while true {
      let bytes = try file.bytes(at: offset, count: 1 << 16)
      if bytes.isEmpty { return lines }
      for byte in bytes where byte == UInt8(ascii: "\n") { lines += 1 }
      offset += UInt64(bytes.count)
    }
  }
}
