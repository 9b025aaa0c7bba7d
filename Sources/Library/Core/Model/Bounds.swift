// SPDX-License-Identifier: MIT
//
// How large the inputs, and h, may be so that no sum of a step can overflow. With that known, a step
// whose inputs were checked cannot fail, and nothing that is not finite enters a state: the gates
// are in 0…1, h in -1…1, and c grows by at most 1 a step.
//
// Each layer says how large its outputs can be, given how large its inputs are; a recurrent one also
// how large its h may be. A recurrent layer that reads the samples themselves says how large those
// may be. After any other first layer, the largest limit is searched for that the whole list can
// take: bounds grow with the limit, so bisection finds it.
//
// Rounding lets a sum of n terms grow by (1 + 2^-24)^n beyond its exact bound, which is below 16 for
// the sizes an architecture may have; so bounds are taken against 1/16 of the largest float, and what
// one layer puts into the next counts twice.

import CLeat
import LeatSupport
import LeatKernel

struct Bounds {
  private(set) var inputLimit: Float = 0

  static var ceiling: Double { Double(Float.greatestFiniteMagnitude) / 16 }

  /// The bound of what an activation puts out.
  static func after(_ activation: Activation, _ bound: Double) -> Double {
    switch activation {
    case .none, .relu: bound
    case .sigmoid, .tanh, .softmax: 1
    }
  }

  /// Checks every weight of the model as well: all must be finite.
  mutating func find(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture
  ) throws(Failure) {
    for index in 0..<file.tensors.count { try checkFinite(file, index) }
    if architecture.layers[0].plan.state != nil {
      try Bounds.pass(file, architecture, limit: nil)
      if let state = architecture.layers[0].plan.state { inputLimit = state.hiddenLimit }
    } else {
      inputLimit = try Bounds.search(file, architecture)
    }
    if architecture.hasNormalizer { try limitNormalized(file, architecture) }
    for index in 0..<file.tensors.count { try checkLargeEnough(file, index) }
  }

  /// Goes through the list with samples of at most `limit`, or of what the first layer can take.
  private static func pass(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture, limit: Double?
  ) throws(Failure) {
    architecture.values[0].bound = limit ?? 0
    for index in 0..<architecture.layers.count {
      let source = architecture.sources[Int(architecture.layers[index].firstSource)]
      let input = source.value == 0 ? limit : architecture.values[Int(source.value)].bound
      var layer = architecture.layers[index]
      architecture.values[index + 1].bound = try layer.plan.bound(file, input: input)
      architecture.layers[index] = layer
    }
  }

  /// The largest limit of 8 significant bits that every layer can take; at least 1.
  private static func search(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture
  ) throws(Failure) -> Float {
    func limit(_ bits: UInt32) -> Float { Float(bitPattern: bits << 16) }
    var low = Float(1).bitPattern >> 16
    var high = Float(ceiling).bitPattern >> 16 + 1
    try pass(file, architecture, limit: Double(limit(low)))
    while low + 1 < high {
      let middle = (low + high) / 2
      do throws(Failure) {
        try pass(file, architecture, limit: Double(limit(middle)))
        low = middle
      } catch {
        high = middle
      }
    }
    // The last one that was tried may have failed: the plans are to hold what this one says.
    try pass(file, architecture, limit: Double(limit(low)))
    return limit(low)
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

  /// A linear layer with weights that all count as 0, and aren't, would put out nothing but its bias: as
  /// when outputs in units of 10^-12 were folded into it. That is worth a refusal.
  private func checkLargeEnough(
    _ file: borrowing Safetensors, _ index: Int
  ) throws(Failure) {
    guard file.tensors[index].role == .weight else { return }
    let weights = WeightReader(file, index)
    let isQuantized = file.isQuantized(index)
    let columns = max(Int(file.tensors[index].shape.sizes[1]), 1)
    var largest: Float = 0
    for element in 0..<weights.count where weights[element] != 0 {
      // A row of integers counts as 0 when its scale does.
      let size = isQuantized ? weights.scale(ofRow: element / columns) : weights[element].magnitude
      largest = max(largest, size)
    }
    guard largest == 0 || largest >= Least.value else {
      let what: StaticString = isQuantized ? "scale" : "weight"
      throw Failure(
        LEAT_E_UNSUPPORTED,
        "tensor '\(file.name(of: file.tensors[index]))': the largest \(what) is \(largest), and below \(Least.value) they count as 0: scale its outputs up"
      )
    }
  }

  /// From the limit of (x - mean) / deviation to that of x.
  private mutating func limitNormalized(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture
  ) throws(Failure) {
    let means = WeightReader(file, architecture.inputMean)
    let deviations = WeightReader(file, architecture.inputDeviation)
    var limit = Bounds.ceiling
    for element in 0..<architecture.inputSize {
      guard deviations[element] >= Least.bias else {
        let name = file.name(of: file.tensors[architecture.inputDeviation.index])
        throw Failure(
          LEAT_E_MODEL,
          "tensor '\(name)': element \(element) is \(deviations[element]), expected at least \(Least.bias)"
        )
      }
      // Beyond, x - mean could overflow.
      guard Double(means[element].magnitude) <= Bounds.ceiling else {
        throw file.tooLarge(architecture.inputMean.index)
      }
      let room = Double(inputLimit) * Double(deviations[element]) * 0.999
      limit = min(limit, room - Double(means[element].magnitude))
    }
    // As a float it may be 0.
    let rounded = Float(limit).nextDown
    guard rounded > 0 else { throw file.tooLarge(architecture.inputMean.index) }
    inputLimit = rounded
  }
}

// MARK: Sums

extension Safetensors {
  func tooLarge(_ index: Int) -> Failure {
    Failure(
      LEAT_E_MODEL,
      "tensor '\(name(of: tensors[index]))': weights so large that a step could overflow")
  }

  /// The sum of the magnitudes of one row of a matrix. Of integers at least 1 times the scale, which
  /// is multiplied with an input before the sum is.
  func rowSum(_ tensor: TensorPlace, _ row: Int, _ columns: Int) -> Double {
    let sum = rowMagnitude(tensor, row, columns)
    guard isQuantized(tensor.index) else { return sum }
    return max(sum, 1) * Double(WeightReader(self, tensor).scale(ofRow: row))
  }

  /// The same of the elements as they come, without a scale.
  func rowMagnitude(_ tensor: TensorPlace, _ row: Int, _ columns: Int) -> Double {
    let weights = WeightReader(self, tensor)
    var sum = 0.0
    for column in 0..<columns { sum += Double(weights[row &* columns &+ column].magnitude) }
    return sum
  }
}
