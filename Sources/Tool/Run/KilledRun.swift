// SPDX-License-Identifier: MIT

import CLeatStore
import LeatSamples

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// How far a run that was killed had got.
enum KilledRun {
  /// From the rows that stand in its output behind the checkpoint, if it wrote to a file; else it's
  /// known only that it had got to the checkpoint.
  ///
  /// - Parameters:
  ///   - rowSize: bytes of a row of raw outputs; nil of lines of text
  ///   - hasHeader: whether the output begins with a line that is none
  static func event(
    _ found: CheckpointKeeper.Found, output: String?, rowSize: Int?, hasHeader: Bool
  ) throws -> History.Event {
    let (checkpoint, mark) = (found.figures, found.cursor.output)
    let unknown = History.Event(
      .killed, position: checkpoint.position, time: checkpoint.saved_at_ms)
    guard let output else { return unknown }
    let file = unsafe open(output, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return unknown }
    defer { close(file) }
    let status = try Descriptor.status(of: file, named: output)
    let beyond = UInt64(max(0, status.st_size - off_t(clamping: mark.offset)))
    var rows =
      try rowSize.map { beyond / UInt64($0) }
      ?? lines(from: mark.offset, in: file, named: output)
    if hasHeader && mark.offset == 0 && rows > 0 { rows -= 1 }
    guard rows > 0 else { return unknown }
    let time = Clock.milliseconds(of: status.st_mtim)
    return History.Event(.killed, position: checkpoint.position + rows, time: time)
  }

  private static func lines(
    from offset: UInt64, in file: Int32, named name: String
  ) throws -> UInt64 {
    var (lines, offset): (UInt64, UInt64) = (0, offset)
    while true {
      let bytes = try Descriptor.bytes(at: offset, count: 1 << 16, in: file, named: name)
      if bytes.isEmpty { return lines }
      for byte in bytes where byte == UInt8(ascii: "\n") { lines += 1 }
      offset += UInt64(bytes.count)
    }
  }
}
