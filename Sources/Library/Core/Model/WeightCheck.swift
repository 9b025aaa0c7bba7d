// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Checks the values of weights.
enum WeightCheck {
  /// All must be finite.
  static func checkFinite(_ file: borrowing Safetensors) throws(Failure) {
    for index in 0..<file.tensors.count where file.tensors[index].role != .batchCount {
      let weights = WeightReader(file, index)
      let isScale = file.tensors[index].role == .scale
      for element in 0..<weights.count {
        let value = weights[element]
        if isScale, value < 0 {
          throw file.failure(index, "element \(element) is \(value), expected none below 0")
        }
        guard value.isFinite else {
          throw file.failure(index, "element \(element) is \(value), expected a finite value")
        }
      }
    }
  }

  /// A linear layer whose weights are not 0, but all small enough to be flushed to 0, would put out
  /// its bias alone. That happens when outputs in units of 10^-12 are folded into the weights. It
  /// is refused.
  static func checkLargeEnough(_ file: borrowing Safetensors) throws(Failure) {
    for index in 0..<file.tensors.count where file.isMatrix(index) {
      let weights = WeightReader(file, index)
      let isQuantized = file.isQuantized(index)
      let columns = max(Int(file.tensors[index].shape.sizes[1]), 1)
      var largest: Float = 0
      for element in 0..<weights.count where weights[element] != 0 {
        // A row of integers is flushed when its scale is.
        let size =
          isQuantized ? weights.scale(ofRow: element / columns) : weights[element].magnitude
        largest = max(largest, size)
      }
      guard largest == 0 || largest >= Least.value else {
        let what: StaticString = isQuantized ? "scale" : "weight"
        throw file.failure(
          index,
          "the largest \(what) is \(largest), expected at least \(Least.value), below which they count as 0: scale its outputs up",
          code: LEAT_E_UNSUPPORTED)
      }
    }
  }
}

extension Safetensors {
  /// Whether a tensor is the weight of a linear layer.
  fileprivate func isMatrix(_ index: Int) -> Bool {
    tensors[index].role == .weight && tensors[index].shape.rank == 2
  }
}
