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

  /// Checks that `copy` can load the state.
  func check(_ model: borrowing ModelHandle, _ state: StateView) throws(Failure) {
    try state.checkModel(model)
    _ = try state.checkValues(model, at: state.values)
  }

  /// Loads the bytes of a state that `check` accepted.
  func copy(_ model: borrowing ModelHandle, from state: ByteView) {
    _ = copyValues(
      model, from: state, at: StateLayout.sizes + 8 * model.header.stateCount)
    header.position = state.littleEndian(at: StateLayout.position, as: UInt64.self)
  }

  /// Sets h and c to those that begin at an offset, and returns where they end.
  func copyValues(
    _ model: borrowing ModelHandle, from state: ByteView, at start: Int
  ) -> Int {
    var offset = start
    for index in 0..<model.header.stateCount {
      let layer = model.state(index)
      let hidden = state.slice(offset, offset + 4 * layer.hiddenSize)
      unsafe hidden.copyFloats(to: floats(at: layer.hidden), least: Least.value)
      offset += hidden.count
      let cell = state.slice(offset, offset + 4 * layer.cellSize)
      unsafe cell.copyFloats(to: floats(at: layer.cell), least: Least.cell)
      offset += cell.count
    }
    return offset
  }
}

extension StateView {
  /// Checks that a step can start from h and c that begin at an offset, and returns where they end.
  func checkValues(_ model: borrowing ModelHandle, at start: Int) throws(Failure) -> Int {
    var offset = start
    for index in 0..<layers {
      let layer = model.state(index)
      let hidden = bytes.slice(offset, offset + 4 * layer.hiddenSize)
      offset += hidden.count
      let cell = bytes.slice(offset, offset + 4 * layer.cellSize)
      offset += cell.count
      if hidden.areWithin(layer.hiddenLimit, isSigned: layer.hiddenLeast < 0),
        cell.areWithin(layer.cellLimit, isSigned: true)
      {
        continue
      }
      // To name the first that isn't.
      for element in 0..<layer.hiddenSize {
        try layer.check(
          hidden: hidden.float(at: 4 * element), at: element, layer: index, explanation,
          LEAT_E_CORRUPT, "state: ")
      }
      for element in 0..<layer.cellSize {
        try layer.check(
          cell: cell.float(at: 4 * element), at: element, layer: index, explanation,
          LEAT_E_CORRUPT, "state: ")
      }
    }
    return offset
  }

  /// Checks that it is a state of this model.
  func checkModel(_ model: borrowing ModelHandle) throws(Failure) {
    let expected = model.header.fingerprint
    let found = fingerprint
    for index in 0..<32 where expected[index] != found[index] {
      throw explanation.failure(
        LEAT_E_MISMATCH,
        "state of model \(hex: found.span, most: 8)..., expected model \(hex: expected.span, most: 8)..."
      )
    }
    var fits = layers == model.header.stateCount
    if fits {
      for index in 0..<layers {
        let layer = model.state(index)
        if sizes(of: index) != (layer.hiddenSize, layer.cellSize) { fits = false }
      }
    }
    guard fits else {
      throw explanation.failure(
        LEAT_E_CORRUPT, "state: found other sizes, expected those of its model")
    }
  }
}
