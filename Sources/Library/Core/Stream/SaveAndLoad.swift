// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension StreamBlock {
  /// Writes the state to a buffer that holds `stateSize` bytes.
  func save(_ model: borrowing ModelImage, to buffer: UnsafeMutableRawPointer) {
    let header = unsafe model.header
    var writer = unsafe ByteWriter(buffer, capacity: header.pointee.stateSize)
    writer.write(StateLayout.magic)
    writer.write(UInt32(LEAT_STATE_VERSION))
    writer.write(unsafe UInt32(header.pointee.stateCount))
    for index in 0..<32 { writer.write(unsafe header.pointee.fingerprint[index]) }
    writer.write(unsafe self.header.pointee.position)
    for index in unsafe 0..<header.pointee.stateCount {
      writer.write(unsafe UInt32(model.states[index].hiddenSize))
      writer.write(unsafe UInt32(model.states[index].cellSize))
    }
    for index in unsafe 0..<header.pointee.stateCount {
      let layer = unsafe model.states[index]
      let hidden = unsafe floats(at: layer.hidden)
      for element in 0..<layer.hiddenSize { writer.write(unsafe hidden[element]) }
      let cell = unsafe floats(at: layer.cell)
      for element in 0..<layer.cellSize { writer.write(unsafe cell[element]) }
    }
    var checksum = CRC32C()
    unsafe checksum.update(writer.written)
    writer.write(checksum.value)
  }

  /// Takes over a state of the same model. Checks it whole before it changes anything.
  func load(_ model: borrowing ModelImage, from state: StateView) throws(Failure) {
    try checkModel(model, of: state)
    var offset = StateLayout.sizes + 8 * state.layers
    for index in 0..<state.layers {
      let layer = unsafe model.states[index]
      for element in 0..<layer.hiddenSize + layer.cellSize {
        let value = state.bytes.float(at: offset + 4 * element)
        let isHidden = element < layer.hiddenSize
        guard isHidden ? value.magnitude <= layer.hiddenLimit : value.isFinite else {
          let name: StaticString = isHidden ? "h" : "c"
          let place = isHidden ? element : element - layer.hiddenSize
          throw Failure(
            LEAT_E_CORRUPT, "state: \(name)[\(place)] of recurrent layer \(index) is \(value)")
        }
      }
      offset += 4 * (layer.hiddenSize + layer.cellSize)
    }
    offset = StateLayout.sizes + 8 * state.layers
    for index in 0..<state.layers {
      let layer = unsafe model.states[index]
      let hidden = unsafe floats(at: layer.hidden)
      for element in 0..<layer.hiddenSize {
        let value = state.bytes.float(at: offset + 4 * element)
        unsafe hidden[element] = value.kept(Least.value)
      }
      offset += 4 * layer.hiddenSize
      let cell = unsafe floats(at: layer.cell)
      for element in 0..<layer.cellSize {
        let value = state.bytes.float(at: offset + 4 * element)
        unsafe cell[element] = value.kept(Least.cell)
      }
      offset += 4 * layer.cellSize
    }
    unsafe header.pointee.position = state.position
  }

  private func checkModel(
    _ model: borrowing ModelImage, of state: StateView
  ) throws(Failure) {
    let expected = unsafe model.header.pointee.fingerprint
    let found = state.fingerprint
    for index in 0..<32 where expected[index] != found[index] {
      throw Failure(
        LEAT_E_MISMATCH,
        "state of model \(hex: found.span, most: 8)..., expected model \(hex: expected.span, most: 8)..."
      )
    }
    var fits = unsafe state.layers == model.header.pointee.stateCount
    if fits {
      for index in 0..<state.layers {
        let layer = unsafe model.states[index]
        if state.sizes(of: index) != (layer.hiddenSize, layer.cellSize) { fits = false }
      }
    }
    guard fits else {
      throw Failure(LEAT_E_CORRUPT, "state: its sizes are not those of the model it names")
    }
  }
}
