// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension StreamHandle {
  /// Loads a state of the same model. All of it is checked before anything changes.
  func load(_ model: borrowing ModelHandle, from state: StateView) throws(Failure) {
    try checkModel(model, of: state)
    var offset = StateLayout.sizes + 8 * state.layers
    for index in 0..<state.layers {
      let layer = model.state(index)
      for element in 0..<layer.hiddenSize {
        let value = state.bytes.float(at: offset + 4 * element)
        try layer.check(
          hidden: value, at: element, layer: index, state.explanation, LEAT_E_CORRUPT, "state: ")
      }
      offset += 4 * layer.hiddenSize
      for element in 0..<layer.cellSize {
        let value = state.bytes.float(at: offset + 4 * element)
        try layer.check(
          cell: value, at: element, layer: index, state.explanation, LEAT_E_CORRUPT, "state: ")
      }
      offset += 4 * layer.cellSize
    }
    offset = StateLayout.sizes + 8 * state.layers
    for index in 0..<state.layers {
      let layer = model.state(index)
      let hidden = unsafe floats(at: layer.hidden)
      for element in 0..<layer.hiddenSize {
        let value = state.bytes.float(at: offset + 4 * element)
        unsafe hidden[element] = value.flushed(below: Least.value)
      }
      offset += 4 * layer.hiddenSize
      let cell = unsafe floats(at: layer.cell)
      for element in 0..<layer.cellSize {
        let value = state.bytes.float(at: offset + 4 * element)
        unsafe cell[element] = value.flushed(below: Least.cell)
      }
      offset += 4 * layer.cellSize
    }
    header.position = state.position
  }

  private func checkModel(
    _ model: borrowing ModelHandle, of state: StateView
  ) throws(Failure) {
    let expected = model.header.fingerprint
    let found = state.fingerprint
    for index in 0..<32 where expected[index] != found[index] {
      throw state.explanation.failure(
        LEAT_E_MISMATCH,
        "state of model \(hex: found.span, most: 8)..., expected model \(hex: expected.span, most: 8)..."
      )
    }
    var fits = state.layers == model.header.stateCount
    if fits {
      for index in 0..<state.layers {
        let layer = model.state(index)
        if state.sizes(of: index) != (layer.hiddenSize, layer.cellSize) { fits = false }
      }
    }
    guard fits else {
      throw state.explanation.failure(
        LEAT_E_CORRUPT, "state: found other sizes, expected those of its model")
    }
  }
}
