// SPDX-License-Identifier: MIT

/// Writes outputs one behind the other as little-endian float32.
public struct RawWriter {
  public init() {}

  /// As of `RowWriter`.
  public func write(_ block: SampleBlock, from first: Int, to buffer: OutputBuffer) -> Int {
    let size = 4 * block.outputSize
    let rows = min(block.count - first, buffer.room / size)
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
