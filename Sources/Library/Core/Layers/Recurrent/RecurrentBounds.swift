// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension RecurrentPlan {
  /// Finds `hiddenLimit`: the largest h that leaves every row's sum below the ceiling, with inputs of
  /// at most `input`, or without one of at most the limit itself. `output` bounds the h of a step.
  mutating func limitHidden(
    _ file: borrowing Safetensors, input: Double?, output: Double
  ) throws(Failure) {
    var limit = Bounds.ceiling
    var largest = hiddenWeight
    for row in 0..<rows {
      let bias = try biasMagnitude(file, row)
      let inputs = file.rowSum(inputWeight, row, inputSize)
      let hidden = file.rowSum(hiddenWeight, row, outputSize)
      let room = Bounds.ceiling - bias - inputs * (input ?? 0)
      let weight = hidden + (input == nil ? inputs : 0)
      guard room / max(weight, 1) < limit else { continue }
      limit = room / max(weight, 1)
      largest = inputs * (input ?? 1) > hidden ? inputWeight : hiddenWeight
    }
    let rounded = Float(limit).nextDown
    guard rounded >= 1 else { throw file.tooLarge(largest.index) }
    guard Double(rounded) >= output else {
      throw file.tooLarge(isProjected ? projection.index : largest.index)
    }
    hiddenLimit = rounded
    guard hasInitialState else { return }
    try checkInitial(file, initialHidden, outputSize, limit: rounded)
  }

  private func checkInitial(
    _ file: borrowing Safetensors, _ tensor: TensorPlace, _ size: Int, limit: Float
  ) throws(Failure) {
    let values = WeightReader(file, tensor)
    for element in Int(row) * size..<(Int(row) + 1) * size {
      guard values[element].magnitude <= limit else {
        throw Failure(
          LEAT_E_MODEL,
          "tensor '\(file.name(of: file.tensors[tensor.index]))': element \(element) is \(values[element]), expected at most \(limit)"
        )
      }
    }
  }

  private func biasMagnitude(_ file: borrowing Safetensors, _ row: Int) throws(Failure) -> Double {
    guard hasBias else { return 0 }
    let bias = WeightReader(file, inputBias)[row] + WeightReader(file, hiddenBias)[row]
    guard bias.isFinite else { throw file.tooLarge(hiddenBias.index) }
    return Double(bias.magnitude)
  }
}
