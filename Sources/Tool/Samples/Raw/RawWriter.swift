// SPDX-License-Identifier: MIT

/// Writes raw outputs: little-endian float32, in the order of RawReader.
public struct RawWriter {
  public init() {}

  /// Writes outputs of a block, from sample `first` on, as many as the buffer has space for.
  ///
  /// - Returns: the first sample that isn't written
  public func write(_ block: SampleBlock, from first: Int, to buffer: OutputBuffer) -> Int {
    let size = 4 * block.outputSize
    let rows = min(block.count - first, buffer.freeCount / size)
    let outputs = unsafe block.outputs + first * block.outputSize
    let target = unsafe UnsafeMutableRawPointer(buffer.end)
    for index in 0..<(rows * block.outputSize) {
      let bits = unsafe outputs[index].bitPattern.littleEndian
      unsafe target.storeBytes(of: bits, toByteOffset: 4 * index, as: UInt32.self)
    }
    buffer.advance(by: rows * size)
    return first + rows
  }
}
