// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// An activation that a file names, and its numbers: `leaky_relu(0.2)`.
struct ChosenActivation: BitwiseCopyable {
  var activation = Activation.none
  /// The numbers that the activation has, else 0.
  var first: Float = 0
  var second: Float = 0
  /// The weight of an `nn.PReLU`.
  var slopes = TensorIndex()

  init(_ activation: Activation = .none, _ first: Float = 0, _ second: Float = 0) {
    self.activation = activation
    self.first = first
    self.second = second
  }

  init(slopes: TensorIndex) {
    activation = .prelu
    self.slopes = slopes
  }

  /// How many numbers it has.
  var numberCount: Int {
    switch activation {
    case .none, .relu, .sigmoid, .tanh, .softmax, .gelu, .geluTanh, .silu, .softsign, .hardswish,
      .prelu, .logSoftmax:
      0
    case .leakyRelu, .elu: 1
    case .softplus, .hardSigmoid, .hardtanh: 2
    }
  }

  /// The bound of its outputs, for inputs of at most `bound` in magnitude.
  func bound(_ bound: Double, _ file: borrowing Safetensors) -> Double {
    switch activation {
    case .none, .relu, .gelu, .geluTanh, .silu, .hardswish: bound
    case .sigmoid, .tanh, .softmax, .softsign, .hardSigmoid: 1
    case .leakyRelu: bound * max(1, Double(first.magnitude))
    case .elu: max(bound, Double(first.magnitude))
    // ln 2 / beta above the input, at most.
    case .softplus: bound + 1 / Double(first)
    case .hardtanh: max(Double(first.magnitude), Double(second.magnitude))
    case .prelu: bound * max(1, largestSlope(file))
    // The largest of n may be 2 bound above the others, and the logarithm of n is below 17.
    case .logSoftmax: 2 * bound + 17
    }
  }

  /// Whether its kernel can compute with values of at most `bound` without an overflow on the way.
  func isSafe(for bound: Double) -> Bool {
    let product =
      switch activation {
      case .softplus: Double(first) * bound
      case .hardSigmoid: Double(first.magnitude) * bound + Double(second.magnitude)
      default: bound
      }
    return product <= SumBound.largestOutput
  }

  private func largestSlope(_ file: borrowing Safetensors) -> Double {
    let weights = WeightReader(file, slopes)
    var largest = 0.0
    for element in 0..<weights.count {
      largest = max(largest, Double(weights[element].magnitude))
    }
    return largest
  }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    fingerprint.addNumber(Int(activation.rawValue))
    if numberCount > 0 { fingerprint.addFloat(first) }
    if numberCount > 1 { fingerprint.addFloat(second) }
    if slopes.isPresent { fingerprint.addTensor(file, slopes) }
  }

  /// Writes the numbers into the model's block, as the kernel reads them, and returns their offset:
  /// 0 if there are none. `size` is the number of values.
  func placeParameters(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, size: Int
  ) throws(Failure) -> Int {
    if slopes.isPresent { return try placeSlopes(&planner, file, size) }
    guard numberCount > 0 else { return 0 }
    let offset = try planner.reserve(2)
    planner.writer?.writeFloat(first, at: offset, 0)
    planner.writer?.writeFloat(second, at: offset, 1)
    return offset
  }

  /// A slope for each value, padded to a multiple of 8.
  private func placeSlopes(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ size: Int
  ) throws(Failure) -> Int {
    let weights = WeightReader(file, slopes)
    planner.count(macs: 0, parameters: UInt64(weights.count))
    let offset = try planner.reserve(MatrixRecord.padded(size))
    guard let writer = planner.writer else { return offset }
    for element in 0..<size {
      let slope = weights.forEach(element).flushed(below: Least.value)
      writer.writeFloat(slope, at: offset, element)
    }
    return offset
  }
}
