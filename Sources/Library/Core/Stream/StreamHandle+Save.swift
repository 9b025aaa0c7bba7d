// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension StreamHandle {
  /// Writes the state to a buffer that holds `stateSize` bytes.
  func save(_ model: borrowing ModelHandle, to buffer: UnsafeMutableRawPointer) {
    var writer = unsafe ByteWriter(buffer, capacity: model.header.stateSize)
    writeUnchecked(model, to: &writer)
    writer.writeChecksum(model)
  }

  /// Writes the state without its checksum.
  func writeUnchecked(_ model: borrowing ModelHandle, to writer: inout ByteWriter) {
    writer.writeStart(model, version: 1, position: header.position)
    writer.writeSizes(model)
    writeValues(model, to: &writer)
  }

  /// Writes h and c.
  func writeValues(_ model: borrowing ModelHandle, to writer: inout ByteWriter) {
    for index in 0..<model.header.stateCount {
      let layer = model.state(index)
      unsafe writer.write(floats(at: layer.hidden), count: layer.hiddenSize)
      unsafe writer.write(floats(at: layer.cell), count: layer.cellSize)
    }
  }
}

/// The parts of a state, in their order.
extension ByteWriter {
  mutating func writeStart(_ model: borrowing ModelHandle, version: UInt32, position: UInt64) {
    write(StateLayout.magic)
    write(version)
    write(UInt32(model.header.stateCount))
    let fingerprint = unsafe unsafeBitCast(
      model.header.fingerprint, to: InlineArray<4, UInt64>.self)
    for index in 0..<4 { write(fingerprint[index]) }
    write(position)
  }

  mutating func writeSizes(_ model: borrowing ModelHandle) {
    for index in 0..<model.header.stateCount {
      write(UInt32(model.state(index).hiddenSize))
      write(UInt32(model.state(index).cellSize))
    }
  }

  mutating func writeChecksum(_ model: borrowing ModelHandle) {
    var checksum = CRC32C(byInstruction: model.header.hasCRC32C)
    unsafe checksum.update(written)
    write(checksum.value)
  }
}
