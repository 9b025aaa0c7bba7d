// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension Safetensors {
  /// The largest size of anything, so that rounding can't carry a sum past its bound: see
  /// `SumBound`.
  private static var largestSize: Int { 1 << 24 }

  /// Reads what the names of the tensors say, and checks what each name allows: dtypes and shapes.
  mutating func readTensorNames() throws(Failure) {
    for index in 0..<tensors.count {
      guard let text = Text(name(of: tensors[index])) else {
        throw failure(
          index, "its name is too long, expected at most \(Text.capacity) bytes",
          code: LEAT_E_UNSUPPORTED)
      }
      let name = TensorName(text)
      tensors[index].role = name.role
      tensors[index].layer = Int32(name.layer)
      tensors[index].prefixCount = Int16(name.prefixCount)
    }
    for index in 0..<tensors.count {
      try checkType(index)
      try checkSizes(index)
    }
  }

  private func checkType(_ index: Int) throws(Failure) {
    let tensor = tensors[index]
    switch tensor.role {
    case .reverse:
      throw failure(
        index, "a bidirectional module needs the end of the sequence first, a stream has none",
        code: LEAT_E_UNSUPPORTED)
    case .unknown:
      throw failure(index, "no layer uses it")
    case .batchCount: break
    default:
      if tensor.type == .i8, tensor.role.isWeight {
        try findScale(index)
      } else if !tensor.type.isFloat {
        throw failure(
          index, "dtype \(tensor.type.name), expected F32, F16 or BF16", code: LEAT_E_UNSUPPORTED)
      }
    }
  }

  private func checkSizes(_ index: Int) throws(Failure) {
    let shape = tensors[index].shape
    for axis in 0..<min(Int(shape.rank), 3) {
      guard shape.sizes[axis] > 0 else {
        throw failure(index, "shape \(shape), expected no size to be 0")
      }
      guard shape.sizes[axis] <= Safetensors.largestSize else {
        throw failure(
          index, "shape \(shape), expected sizes of at most \(Safetensors.largestSize)",
          code: LEAT_E_UNSUPPORTED)
      }
    }
  }

  /// Finds the scales of a weight of integers: the tensor with `_scale` after its name.
  private func findScale(_ index: Int) throws(Failure) {
    guard var scaleName = Text(name(of: tensors[index])), scaleName.append("_scale") else {
      throw failure(
        index, "its name is too long, expected at most \(Text.capacity) bytes",
        code: LEAT_E_UNSUPPORTED)
    }
    let shape = tensors[index].shape
    guard shape.rank == 2 else {
      throw failure(index, "shape \(shape), expected [rows, columns]")
    }
    for scale in 0..<tensors.count
    where tensors[scale].role == .scale && isNamed(scale, scaleName) {
      let scaleShape = tensors[scale].shape
      let rows = Int(shape.sizes[0])
      guard scaleShape.isEqual(rows) || scaleShape.isEqual(rows, 1) else {
        throw failure(scale, "shape \(scaleShape), expected [\(rows)], a scale for each row")
      }
      guard shape.sizes[1] <= QuantizedRecord.maximumColumns else {
        throw failure(
          index, "shape \(shape), expected at most \(QuantizedRecord.maximumColumns) columns",
          code: LEAT_E_UNSUPPORTED)
      }
      tensors[scale].isUsed = true
      tensors[index].scale = TensorIndex(scale)
      return
    }
    throw failure(
      index, "dtype I8 without a tensor '\(scaleName)' that holds a scale for each row",
      code: LEAT_E_UNSUPPORTED)
  }
}
