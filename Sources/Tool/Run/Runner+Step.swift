// SPDX-License-Identifier: MIT

import LeatSamples

/// Steps blocks. The stream is never saved after a sample whose row wasn't written.
extension Runner {
  /// Steps the block and writes its rows.
  ///
  /// - Returns: nil; or, when a signal came while the output blocked, how many samples there are up
  ///   to the last row that was written
  func step() throws -> Int? {
    let position = position
    try parts.streams.meet(reader.keys)
    if sink.mayBlock { parts.streams.keepStates(before: block) }
    try parts.streams.step(block)
    var (row, written) = (0, 0)
    while true {
      row =
        rows?.write(block, from: row, position: position, to: sink.buffer)
        ?? RawWriter().write(block, from: row, to: sink.buffer)
      if row == block.count && !sink.mayBlock { break }
      if let part = try sink.flush() {
        return written + block.samples(from: written, rows: part)
      }
      written = row
      if row == block.count { break }
    }
    for observer in observers { try observer.observe(block, position: position) }
    return nil
  }

  /// Undoes a block except its first samples: those whose rows were written.
  ///
  /// - Parameters:
  ///   - reader: as it was before the block
  ///   - count: bytes that the buffer had then
  func undoUnwritten(to reader: any SampleReader, _ count: Int, samples: Int) throws {
    try parts.streams.undo()
    self.reader = reader
    parts.buffer.putBack(count - parts.buffer.count)
    block.removeAll()
    let position = position
    if samples > 0 {
      _ = self.reader.fill(block, limit: samples, from: parts.buffer, isEnd: isEnd)
    }
    try parts.streams.meet(self.reader.keys)
    guard samples > 0 else { return }
    try parts.streams.step(block)
    for observer in observers { try observer.observe(block, position: position) }
  }
}
