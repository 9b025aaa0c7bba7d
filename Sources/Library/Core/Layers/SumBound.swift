// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Bounds of the sums of a step: see `InputLimit`.
enum SumBound {
  /// No sum may be larger. Rounding lets a sum of n terms grow by (1 + 2^-24)^n beyond its exact
  /// bound, which is below 16 for the sizes that an architecture may have: so this is 1/16 of the
  /// largest float.
  static var ceiling: Double { Double(Float.greatestFiniteMagnitude) / 16 }

  /// The bound of a layer's outputs may be twice that of its sums.
  static var largestOutput: Double { 2 * ceiling }
}

extension Safetensors {
  func weightsTooLarge(_ index: Int) -> Failure {
    failure(index, "weights so large that a step could overflow")
  }

  /// For a layer without a tensor to name.
  func valuesTooLarge() -> Failure {
    explanation.failure(
      LEAT_E_MODEL,
      "leat.layers: a sum or an activation of values so large that a step could overflow")
  }

  /// The sum of the magnitudes of one row of a matrix. Of integers, at least 1 times the scale,
  /// since the scale is multiplied with an input before the sum is.
  func rowSum(_ tensor: TensorIndex, _ row: Int, _ columns: Int) -> Double {
    let sum = rowMagnitude(tensor, row, columns)
    guard isQuantized(tensor.index) else { return sum }
    return max(sum, 1) * Double(WeightReader(self, tensor).scale(ofRow: row))
  }

  /// The sum of the magnitudes of the elements of a row, without the scale of integers.
  func rowMagnitude(_ tensor: TensorIndex, _ row: Int, _ columns: Int) -> Double {
    let weights = WeightReader(self, tensor)
    var sum = 0.0
    for column in 0..<columns { sum += Double(weights[row &* columns &+ column].magnitude) }
    return sum
  }
}
