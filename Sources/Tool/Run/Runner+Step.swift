// SPDX-License-Identifier: MIT

import CLeat
import LeatSamples

/// Steps blocks. The stream is never saved after a sample whose row wasn't written.
extension Runner {
  /// Steps the block and writes its rows.
  ///
  /// - Returns: nil; or, when a signal came while the output blocked, how many rows were written
  func step() throws -> Int? {
    let position = stream.position
    if sink.mayBlock { try stream.save(to: &stateBeforeBlock) }
    try stream.step(block)
    var (row, written) = (0, 0)
    while true {
      row =
        rows?.write(block, from: row, position: position, to: sink.buffer)
        ?? RawWriter().write(block, from: row, to: sink.buffer)
      if row == block.count && !sink.mayBlock { break }
      if let part = try sink.flush() { return written + part }
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
  func goBack(to reader: any SampleReader, _ count: Int, samples: Int) throws {
    try stream.load(state: stateBeforeBlock)
    self.reader = reader
    parts.buffer.putBack(count - parts.buffer.count)
    block.removeAll()
    guard samples > 0 else { return }
    let position = stream.position
    _ = self.reader.fill(block, limit: samples, from: parts.buffer, isEnd: isEnd)
    try stream.step(block)
    for observer in observers { try observer.observe(block, position: position) }
  }
}

extension Stream {
  fileprivate func step(_ block: SampleBlock) throws {
    try unsafe LibraryError.check { error in
      unsafe leat_stream_run(handle, block.count, block.inputs, block.outputs, error)
    }
  }
}
