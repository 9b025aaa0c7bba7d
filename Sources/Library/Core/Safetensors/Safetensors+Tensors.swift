// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension Safetensors {
  /// A failure whose message begins with the tensor's name.
  func failure(_ tensor: Int, _ message: Message, code: Int32 = LEAT_E_MODEL) -> Failure {
    explanation.failure(code, "tensor '\(name(of: tensors[tensor]))': \(message)")
  }

  /// A layer of a kind that the loader doesn't know: see `LayerPlan`.
  func unknownKind(_ tensor: TensorIndex) -> Failure {
    let expected: Message =
      "expected nn.LSTM and nn.Linear only, since the program was linked without the loader of other kinds"
    guard tensor.isPresent else {
      return explanation.failure(
        LEAT_E_UNSUPPORTED, "leat.layers: an activation or a sum, \(expected)")
    }
    return failure(
      tensor.index, "a layer of another kind, \(expected)", code: LEAT_E_UNSUPPORTED)
  }

  // MARK: Modules

  /// The name of a tensor's module, as in `leat.layers`: "." when the module has no name.
  func moduleName(_ index: Int) -> Text {
    let tensor = tensors[index]
    guard tensor.prefixCount > 0, let name = Text(name(of: tensor)) else {
      var name = Text()
      _ = name.append(UInt8(ascii: "."))
      return name
    }
    return name.slice(0, Int(tensor.prefixCount) - 1)
  }

  func isNamed(_ index: Int, _ name: Text) -> Bool {
    guard let own = Text(self.name(of: tensors[index])) else { return false }
    return own == name
  }

  func isModule(_ index: Int, _ name: Text) -> Bool { moduleName(index) == name }

  func isSameModule(_ a: Int, _ b: Int) -> Bool { moduleName(a) == moduleName(b) }

  /// The tensor of a role in the module of tensor `module`, or none.
  func findTensor(_ role: TensorRole, _ module: Int, layer: Int = 0) -> TensorIndex {
    for index in 0..<tensors.count {
      let tensor = tensors[index]
      if tensor.role == role, Int(tensor.layer) == layer, isSameModule(index, module) {
        return TensorIndex(index)
      }
    }
    return TensorIndex()
  }

  // MARK: Shapes

  func markUsed(_ tensor: TensorIndex) { tensors[tensor.index].isUsed = true }

  /// Checks that a tensor's shape is [rows, columns], and marks it as used.
  func requireShape(_ tensor: TensorIndex, _ rows: Int, _ columns: Int) throws(Failure) {
    let shape = tensors[tensor.index].shape
    guard shape.isEqual(rows, columns) else {
      throw failure(tensor.index, "shape \(shape), expected [\(rows), \(columns)]")
    }
    markUsed(tensor)
  }

  /// Checks that a tensor's shape is [rows], and marks it as used.
  func requireShape(_ tensor: TensorIndex, _ rows: Int) throws(Failure) {
    let shape = tensors[tensor.index].shape
    guard shape.isEqual(rows) else {
      throw failure(tensor.index, "shape \(shape), expected [\(rows)]")
    }
    markUsed(tensor)
  }

  /// Checks that a tensor has a number for each of `size` elements, or one for all, and marks it as
  /// used: [size], [1, size], [1] or [].
  func requireForEach(_ tensor: TensorIndex, _ size: Int) throws(Failure) {
    let shape = tensors[tensor.index].shape
    guard
      shape.isEqual(size) || shape.isEqual(1, size) || shape.isEqual(1) || shape.isEqual(1, 1)
        || shape.rank == 0
    else {
      throw failure(
        tensor.index, "shape \(shape), expected [\(size)], [1, \(size)], or one number for all")
    }
    markUsed(tensor)
  }

  // MARK: Metadata

  /// The metadata `leat.MODULE.ARGUMENT` of the module of tensor `module`; nil if there is none.
  func argument(_ argument: StaticString, ofModule module: Int) -> MetadataEntry? {
    var key = Text()
    guard key.append("leat."), key.append(moduleName(module)), key.append("."),
      key.append(argument)
    else { return nil }
    var entries = metadata
    while let entry = entries.next() {
      if let own = Text(entry.key), own == key { return entry }
    }
    return nil
  }
}
