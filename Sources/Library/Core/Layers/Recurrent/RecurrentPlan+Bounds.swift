// SPDX-License-Identifier: MIT

import LeatSupport

extension RecurrentPlan {
  /// Finds `sumLimit`: the largest h with which the sum of every row is below the ceiling, for
  /// inputs of at most `input`, or of at most the limit itself if `input` is nil. `output` is the
  /// bound of a step's h, `most` the largest `hiddenLimit`.
  mutating func limitHidden(
    _ file: borrowing Safetensors, input: Double?, output: Double,
    atMost most: Float = .infinity
  ) throws(Failure) {
    var limit = SumBound.ceiling
    var largest = hiddenWeight
    for row in 0..<rows {
      let bias = try biasMagnitude(file, row)
      let inputs = file.rowSum(inputWeight, row, inputSize)
      let hidden = file.rowSum(hiddenWeight, row, outputSize)
      let headroom = SumBound.ceiling - bias - inputs * (input ?? 0)
      let weight = hidden + (input == nil ? inputs : 0)
      guard headroom / max(weight, 1) < limit else { continue }
      limit = headroom / max(weight, 1)
      largest = inputs * (input ?? 1) > hidden ? inputWeight : hiddenWeight
    }
    let rounded = Float(limit).nextDown
    guard rounded >= 1 else { throw file.weightsTooLarge(largest.index) }
    guard Double(rounded) >= output else {
      throw file.weightsTooLarge(isProjected ? projection.index : largest.index)
    }
    sumLimit = rounded
    hiddenLimit = min(rounded, most)
    try checkInitialState(file)
  }

  /// Checks that h0 is within its limit.
  func checkInitialState(_ file: borrowing Safetensors) throws(Failure) {
    guard hasInitialState else { return }
    let values = WeightReader(file, initialHidden)
    for element in Int(row) * outputSize..<(Int(row) + 1) * outputSize {
      guard values[element].magnitude <= hiddenLimit else {
        throw file.failure(
          initialHidden.index,
          "element \(element) is \(values[element]), expected a magnitude of at most \(hiddenLimit)"
        )
      }
      guard !isNeverNegative || values[element] >= 0 else {
        throw file.failure(
          initialHidden.index,
          "element \(element) is \(values[element]), expected at least 0, as h with relu is")
      }
    }
  }

  func biasMagnitude(_ file: borrowing Safetensors, _ row: Int) throws(Failure) -> Double {
    guard hasBias else { return 0 }
    let (input, hidden) = (WeightReader(file, inputBias)[row], WeightReader(file, hiddenBias)[row])
    if isLastGateSplit, row >= rows - hiddenSize {
      return Double(input.magnitude) + Double(hidden.magnitude)
    }
    let bias = input + hidden
    guard bias.isFinite else { throw file.weightsTooLarge(hiddenBias.index) }
    return Double(bias.magnitude)
  }
}
