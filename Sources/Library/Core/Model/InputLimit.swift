// SPDX-License-Identifier: MIT
//
// How large the inputs may be so that no sum of a step can overflow. With that known, a step whose
// inputs were checked can't fail, and only finite values enter a state. With PyTorch's cells gates
// are in 0…1, h is in -1…1 (of a GRU at most 2^24), and c grows by at most 1 a step; for others see
// `GeneralPlan`.
//
// Each layer gives a bound of its outputs for a bound of its inputs; a recurrent one also the
// largest h that it can take. A recurrent layer that reads the samples gives their limit. Where
// another layer comes first, the limit is searched for: bounds grow with it, so bisection finds the
// largest that the whole list can take.
//
// Sums are bounded by 1/16 of the largest float, and the outputs of a layer count twice, so that
// rounding can't carry a sum past its bound: see `SumBound`.

import CLeat
import LeatSupport
import LeatKernel

struct InputLimit {
  private(set) var value: Float = 0

  init() {}

  /// Finds the limit of a model's inputs. Also gives `architecture` the bounds of its values, and
  /// its recurrent layers the limits of their h.
  init<Other: OtherLayers>(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture<Other>
  ) throws(Failure) {
    if architecture.layers[0].plan.findsLargestInput, architecture.values[0].lastUse == 0 {
      try InputLimit.propagate(nil, file, architecture)
      if let state = architecture.layers[0].plan.state { value = state.sumLimit }
    } else {
      value = try InputLimit.search(file, architecture)
    }
    if architecture.hasNormalizer { try limitUnnormalized(file, architecture) }
  }

  /// Bounds the outputs of each layer in turn, for samples of at most `limit`, or of what the first
  /// layer can take.
  @inline(never)
  private static func propagate<Other: OtherLayers>(
    _ limit: Double?, _ file: borrowing Safetensors, _ architecture: borrowing Architecture<Other>
  ) throws(Failure) {
    architecture.values[0].bound = limit ?? 0
    for index in 0..<architecture.layers.count {
      var layer = architecture.layers[index]
      var input: Double? = 0
      for source in 0..<Int(layer.sourceCount) {
        let value = Int(architecture.sources[Int(layer.firstSource) + source].value)
        let bound = value == 0 ? limit : architecture.values[value].bound
        input = if let bound, let sum = input { sum + bound } else { nil }
      }
      architecture.values[index + 1].bound = try layer.plan.boundOutput(file, input: input)
      architecture.layers[index] = layer
    }
  }

  /// The largest limit of 8 significant bits that every layer can take; at least 1.
  private static func search<Other: OtherLayers>(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture<Other>
  ) throws(Failure) -> Float {
    func limit(_ bits: UInt32) -> Float { Float(bitPattern: bits << 16) }
    var low = Float(1).bitPattern >> 16
    var high = Float(SumBound.ceiling).bitPattern >> 16 + 1
    try propagate(Double(limit(low)), file, architecture)
    while low + 1 < high {
      let middle = (low + high) / 2
      do throws(Failure) {
        try propagate(Double(limit(middle)), file, architecture)
        low = middle
      } catch {
        high = middle
      }
    }
    // The last limit that was tried may have failed, and have left its bounds.
    try propagate(Double(limit(low)), file, architecture)
    return limit(low)
  }

  /// From the limit of (x - mean) / deviation to that of x.
  private mutating func limitUnnormalized<Other: OtherLayers>(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture<Other>
  ) throws(Failure) {
    let means = WeightReader(file, architecture.inputMean)
    let deviations = WeightReader(file, architecture.inputDeviation)
    var limit = SumBound.ceiling
    for element in 0..<architecture.inputSize {
      guard deviations.forEach(element) >= Least.bias else {
        throw file.failure(
          architecture.inputDeviation.index,
          "element \(element) is \(deviations.forEach(element)), expected at least \(Least.bias)")
      }
      // Beyond, x - mean could overflow.
      guard Double(means.forEach(element).magnitude) <= SumBound.ceiling else {
        throw file.weightsTooLarge(architecture.inputMean.index)
      }
      let headroom = Double(value) * Double(deviations.forEach(element)) * 0.999
      limit = min(limit, headroom - Double(means.forEach(element).magnitude))
    }
    // As a float it may be 0.
    let rounded = Float(limit).nextDown
    guard rounded > 0 else { throw file.weightsTooLarge(architecture.inputMean.index) }
    value = rounded
  }
}
