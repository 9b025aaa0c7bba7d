// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension StreamHandle {
  /// Loads a state of the same model. All of it is checked before anything changes.
  func load(_ model: borrowing ModelHandle, from state: StateView) throws(Failure) {
    try check(model, state)
    copy(model, from: state.bytes)
  }

  /// Checks that `copy` can load the state's bytes.
  func check(_ model: borrowing ModelHandle, _ state: StateView) throws(Failure) {
    try checkModel(model, of: state)
    var offset = StateLayout.sizes + 8 * state.layers
    for index in 0..<state.layers {
      let layer = model.state(index)
      let hidden = state.bytes.slice(offset, offset + 4 * layer.hiddenSize)
      offset += hidden.count
      let cell = state.bytes.slice(offset, offset + 4 * layer.cellSize)
      offset += cell.count
      if hidden.areWithin(layer.hiddenLimit, isSigned: layer.hiddenLeast < 0),
        cell.areWithin(layer.cellLimit, isSigned: true)
      {
        continue
      }
      // To name the first that isn't.
      for element in 0..<layer.hiddenSize {
        try layer.check(
          hidden: hidden.float(at: 4 * element), at: element, layer: index, state.explanation,
          LEAT_E_CORRUPT, "state: ")
      }
      for element in 0..<layer.cellSize {
        try layer.check(
          cell: cell.float(at: 4 * element), at: element, layer: index, state.explanation,
          LEAT_E_CORRUPT, "state: ")
      }
    }
  }

  /// Loads the bytes of a state that `check` accepted.
  func copy(_ model: borrowing ModelHandle, from state: ByteView) {
    var offset = StateLayout.sizes + 8 * model.header.stateCount
    for index in 0..<model.header.stateCount {
      let layer = model.state(index)
      let hidden = state.slice(offset, offset + 4 * layer.hiddenSize)
      unsafe hidden.copyFloats(to: floats(at: layer.hidden), least: Least.value)
      offset += hidden.count
      let cell = state.slice(offset, offset + 4 * layer.cellSize)
      unsafe cell.copyFloats(to: floats(at: layer.cell), least: Least.cell)
      offset += cell.count
    }
    header.position = state.littleEndian(at: StateLayout.position, as: UInt64.self)
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
