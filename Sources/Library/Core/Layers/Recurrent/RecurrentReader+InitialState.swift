// SPDX-License-Identifier: MIT

import LeatSupport

extension RecurrentReader {
  /// Finds h0 and c0 in the module or, if no other module is recurrent, in any module.
  mutating func findInitialState(_ file: borrowing Safetensors) {
    initialHidden = file.findTensor(.initialHidden, module)
    initialCell = file.findTensor(.initialCell, module)
    guard isOnly else { return }
    for index in 0..<file.tensors.count {
      let role = file.tensors[index].role
      if !initialHidden.isPresent, role == .initialHidden { initialHidden = TensorIndex(index) }
      if !initialCell.isPresent, role == .initialCell { initialCell = TensorIndex(index) }
    }
  }

  /// Checks the shapes of h0 and c0 for a module of so many layers like `first`.
  func checkInitialState(
    _ file: borrowing Safetensors, _ first: RecurrentPlan, _ layers: Int
  ) throws(Failure) {
    guard initialHidden.isPresent || initialCell.isPresent else { return }
    guard initialHidden.isPresent else { throw file.failure(initialCell.index, "c0 without h0") }
    guard initialCell.isPresent == first.hasCell else {
      throw first.hasCell
        ? file.failure(initialHidden.index, "h0 without c0")
        : file.failure(initialCell.index, "its module has no c")
    }
    try checkState(file, initialHidden, layers, first.outputSize)
    if first.hasCell { try checkState(file, initialCell, layers, first.hiddenSize) }
  }

  /// [layers, size], PyTorch's [layers, 1, size], or [size] of a single layer.
  private func checkState(
    _ file: borrowing Safetensors, _ tensor: TensorIndex, _ layers: Int, _ size: Int
  ) throws(Failure) {
    let shape = file.tensors[tensor.index].shape
    let isBatched =
      shape.rank == 3 && shape.sizes[0] == layers && shape.sizes[1] == 1 && shape.sizes[2] == size
    guard isBatched || shape.isEqual(layers, size) || (layers == 1 && shape.isEqual(size)) else {
      throw file.failure(
        tensor.index, "shape \(shape), expected [\(layers), \(size)] or [\(layers), 1, \(size)]")
    }
    file.markUsed(tensor)
  }
}
