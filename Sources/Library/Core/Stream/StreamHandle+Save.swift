// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension StreamHandle {
  /// Writes the state to a buffer that holds `stateSize` bytes.
  func save(_ model: borrowing ModelHandle, to buffer: UnsafeMutableRawPointer) {
    var writer = unsafe ByteWriter(buffer, capacity: model.header.stateSize)
    writer.write(StateLayout.magic)
    writer.write(UInt32(LEAT_STATE_VERSION))
    writer.write(UInt32(model.header.stateCount))
    for index in 0..<32 { writer.write(model.header.fingerprint[index]) }
    writer.write(header.position)
    for index in 0..<model.header.stateCount {
      writer.write(UInt32(model.state(index).hiddenSize))
      writer.write(UInt32(model.state(index).cellSize))
    }
    for index in 0..<model.header.stateCount {
      let layer = model.state(index)
      unsafe writer.write(floats(at: layer.hidden), count: layer.hiddenSize)
      unsafe writer.write(floats(at: layer.cell), count: layer.cellSize)
    }
    var checksum = CRC32C()
    unsafe checksum.update(writer.written, hasInstruction: model.header.hasCRC32C)
    writer.write(checksum.value)
  }
}
