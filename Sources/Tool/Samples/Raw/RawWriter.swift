// SPDX-License-Identifier: MIT

/// Writes raw outputs: little-endian float32, in the order of RawReader.
public struct RawWriter {
  public init() {}

  /// Writes outputs of a block, from sample `first` on, as many as the buffer has space for.
  ///
  /// - Returns: the first sample that isn't written
  public func write(_ block: SampleBlock, from first: Int, to buffer: OutputBuffer) -> Int {
    let size = 4 * block.outputSize
    for row in first..<block.count where block.hasOutput(row) {
      guard buffer.freeCount >= size else { return row }
      let outputs = unsafe block.outputs + row * block.outputSize
      let target = unsafe UnsafeMutableRawPointer(buffer.end)
      for index in 0..<block.outputSize {
        let bits = unsafe outputs[index].bitPattern.littleEndian
        unsafe target.storeBytes(of: bits, toByteOffset: 4 * index, as: UInt32.self)
      }
      buffer.advance(by: size)
    }
    return block.count
  }
}
