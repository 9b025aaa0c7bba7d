// SPDX-License-Identifier: MIT

import CLeat
import LeatBytes
import LeatKernel

/// How large the inputs, and h, may be so that no sum of a step can overflow. With that known, a
/// step whose inputs were checked cannot fail, and nothing that is not finite enters a state: the
/// gates lie in 0…1, h in -1…1, and c grows by at most 1 a step.
///
/// Rounding lets a sum of n terms grow by (1 + 2^-24)^n beyond its exact bound, which is below 16
/// for the sizes an architecture may have; so bounds are taken against 1/16 of the largest float,
/// and what one layer puts into the next counts twice.
struct Bounds {
  private(set) var inputLimit: Float = 0

  private static var ceiling: Double { Double(Float.greatestFiniteMagnitude) / 16 }

  /// Checks every weight of the model as well: all must be finite.
  mutating func find(
    _ file: borrowing Safetensors, _ architecture: inout Architecture
  ) throws(Failure) {
    for index in 0..<file.tensors.count { try checkFinite(file, index) }
    // The bound of what enters the next layer; of the samples themselves it is to be found.
    var bound: Double?
    for layer in 0..<architecture.lstms.count {
      let plan = architecture.lstms[layer]
      var limit = Bounds.ceiling
      var largest = plan.hiddenWeight
      for row in 0..<4 * plan.hiddenSize {
        let bias = try biasMagnitude(file, plan, row)
        let input = sum(file, plan.inputWeight, row, plan.inputSize)
        let hidden = sum(file, plan.hiddenWeight, row, plan.outputSize)
        let room = Bounds.ceiling - bias - input * (bound ?? 0)
        let weight = hidden + (bound == nil ? input : 0)
        guard room / max(weight, 1) < limit else { continue }
        limit = room / max(weight, 1)
        largest = input * (bound ?? 1) > hidden ? plan.inputWeight : plan.hiddenWeight
      }
      var output = 1.0
      if plan.isProjected {
        output = 0
        for row in 0..<plan.outputSize {
          output = max(output, sum(file, plan.projection, row, plan.hiddenSize) * 2)
        }
      }
      let rounded = Float(limit).nextDown
      guard rounded >= 1 else { throw tooLarge(file, largest) }
      guard Double(rounded) >= output else { throw tooLarge(file, plan.projection) }
      architecture.lstms[layer].hiddenLimit = rounded
      if layer == 0 { inputLimit = rounded }
      if plan.hasInitialState {
        try checkInitial(file, plan.initialHidden, plan.row, plan.outputSize, limit: rounded)
      }
      bound = output
    }
    for layer in 0..<architecture.linears.count {
      let plan = architecture.linears[layer]
      var output = 0.0
      for row in 0..<plan.outputSize {
        let bias = plan.bias < 0 ? 0 : Double(WeightReader(file, plan.bias)[row].magnitude)
        let weight = sum(file, plan.weight, row, plan.inputSize)
        output = max(output, bias + weight * (bound ?? 0))
        if file.isQuantized(plan.weight) {
          // The products are added up before the scale is multiplied in, which may be 0.
          let integers = magnitude(file, plan.weight, row, plan.inputSize)
          guard integers * (bound ?? 0) <= Bounds.ceiling else {
            throw tooLarge(file, plan.weight)
          }
        }
      }
      guard output <= Bounds.ceiling else { throw tooLarge(file, plan.weight) }
      switch plan.activation {
      case .none, .relu: bound = output * 2
      case .sigmoid, .tanh, .softmax: bound = 1
      }
    }
    if architecture.hasNormalizer { try limitNormalized(file, architecture) }
  }

  private func tooLarge(_ file: borrowing Safetensors, _ index: Int) -> Failure {
    Failure(
      LEAT_E_MODEL,
      "tensor '\(file.name(of: file.tensors[index]))': weights so large that a step could overflow")
  }

  private func checkFinite(_ file: borrowing Safetensors, _ index: Int) throws(Failure) {
    let weights = WeightReader(file, index)
    for element in 0..<weights.count {
      let value = weights[element]
      if file.tensors[index].role == .scale, value < 0 {
        throw Failure(
          LEAT_E_MODEL,
          "tensor '\(file.name(of: file.tensors[index]))': element \(element) is \(value), expected none below 0"
        )
      }
      guard value.isFinite else {
        throw Failure(
          LEAT_E_MODEL,
          "tensor '\(file.name(of: file.tensors[index]))': element \(element) is \(value), expected a finite value"
        )
      }
    }
  }

  private func checkInitial(
    _ file: borrowing Safetensors, _ index: Int, _ row: Int, _ size: Int, limit: Float
  ) throws(Failure) {
    let values = WeightReader(file, index)
    for element in row * size..<(row + 1) * size {
      guard values[element].magnitude <= limit else {
        throw Failure(
          LEAT_E_MODEL,
          "tensor '\(file.name(of: file.tensors[index]))': element \(element) is \(values[element]), expected at most \(limit)"
        )
      }
    }
  }

  private func biasMagnitude(
    _ file: borrowing Safetensors, _ plan: LSTMPlan, _ row: Int
  ) throws(Failure) -> Double {
    guard plan.hasBias else { return 0 }
    let bias = WeightReader(file, plan.inputBias)[row] + WeightReader(file, plan.hiddenBias)[row]
    guard bias.isFinite else { throw tooLarge(file, plan.hiddenBias) }
    return Double(bias.magnitude)
  }

  /// The sum of the magnitudes of one row of a matrix. Of integers at least 1 times the scale, which
  /// is multiplied with an input before the sum is.
  private func sum(
    _ file: borrowing Safetensors, _ index: Int, _ row: Int, _ columns: Int
  ) -> Double {
    let sum = magnitude(file, index, row, columns)
    guard file.isQuantized(index) else { return sum }
    return max(sum, 1) * Double(WeightReader(file, index).scale(ofRow: row))
  }

  /// The same of the elements as they come, without a scale.
  private func magnitude(
    _ file: borrowing Safetensors, _ index: Int, _ row: Int, _ columns: Int
  ) -> Double {
    let weights = WeightReader(file, index)
    var sum = 0.0
    for column in 0..<columns { sum += Double(weights[row &* columns &+ column].magnitude) }
    return sum
  }

  /// From the limit of (x - mean) / deviation to that of x.
  private mutating func limitNormalized(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture
  ) throws(Failure) {
    let means = WeightReader(file, architecture.inputMean)
    let deviations = WeightReader(file, architecture.inputDeviation)
    var limit = Bounds.ceiling
    for element in 0..<architecture.inputSize {
      guard deviations[element] > 0 else {
        throw Failure(
          LEAT_E_MODEL,
          "tensor '\(file.name(of: file.tensors[architecture.inputDeviation]))': element \(element) is \(deviations[element]), expected more than 0"
        )
      }
      // Beyond, x - mean could overflow.
      guard Double(means[element].magnitude) <= Bounds.ceiling else {
        throw tooLarge(file, architecture.inputMean)
      }
      let room = Double(inputLimit) * Double(deviations[element]) * 0.999
      limit = min(limit, room - Double(means[element].magnitude))
    }
    guard limit > 0 else { throw tooLarge(file, architecture.inputMean) }
    inputLimit = Float(limit).nextDown
  }
}
