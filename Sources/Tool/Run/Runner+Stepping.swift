// SPDX-License-Identifier: MIT

import CLeat
import LeatSamples

/// Steps blocks, so that the stream never is behind rows that nobody took.
extension Runner {
  /// Steps the block and writes its rows.
  ///
  /// - Returns: nil; or, when a signal came while nobody took the rows, how many were written
  func step() throws -> Int? {
    let position = stream.position
    if sink.mayStall { try stream.save(to: &before) }
    try stream.take(block)
    var (row, written) = (0, 0)
    while true {
      row =
        rows?.write(block, from: row, position: position, to: sink.buffer)
        ?? RawWriter().write(block, from: row, to: sink.buffer)
      if row == block.count && !sink.mayStall { break }
      if let part = try sink.flush() { return written + part }
      written = row
      if row == block.count { break }
    }
    for observer in observers { try observer.see(block, position: position) }
    return nil
  }

  /// Undoes a block but for its first samples: those whose rows were written.
  ///
  /// - Parameters:
  ///   - reader: as it was before the block
  ///   - count: bytes that the buffer had then
  func goBack(to reader: any SampleReader, _ count: Int, samples: Int) throws {
    try stream.load(state: before)
    self.reader = reader
    parts.buffer.putBack(count - parts.buffer.count)
    block.removeAll()
    guard samples > 0 else { return }
    let position = stream.position
    _ = self.reader.fill(block, limit: samples, from: parts.buffer, isEnd: isEnd)
    try stream.take(block)
    for observer in observers { try observer.see(block, position: position) }
  }
}

extension Stream {
  /// Steps a block's samples.
  fileprivate func take(_ block: SampleBlock) throws {
    try unsafe LibraryError.check { error in
      unsafe leat_stream_run(handle, block.count, block.inputs, block.outputs, error)
    }
  }
}
