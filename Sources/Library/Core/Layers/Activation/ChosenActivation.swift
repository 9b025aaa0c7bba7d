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

  init(_ activation: Activation = .none, _ first: Float = 0, _ second: Float = 0) {
    self.activation = activation
    self.first = first
    self.second = second
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

  /// The bound of its outputs, for inputs of at most `bound` in magnitude. That of an `nn.PReLU`
  /// depends on its slopes: see `ActivationPlan`.
  func bound(_ bound: Double) -> Double {
    switch activation {
    case .none, .relu, .gelu, .geluTanh, .silu, .hardswish, .prelu: bound
    case .sigmoid, .tanh, .softmax, .softsign, .hardSigmoid: 1
    case .leakyRelu: bound * max(1, Double(first.magnitude))
    case .elu: max(bound, Double(first.magnitude))
    // ln 2 / beta above the input, at most.
    case .softplus: bound + 1 / Double(first)
    case .hardtanh: max(Double(first.magnitude), Double(second.magnitude))
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

  func hash(into fingerprint: inout FingerprintHasher) {
    fingerprint.addNumber(Int(activation.rawValue))
    if numberCount > 0 { fingerprint.addFloat(first) }
    if numberCount > 1 { fingerprint.addFloat(second) }
  }

  /// Writes the numbers into the model's block, as the kernel reads them, and returns their offset:
  /// 0 if there are none.
  func placeParameters(_ planner: inout BlockPlanner) throws(Failure) -> Int {
    guard numberCount > 0 else { return 0 }
    let offset = try planner.reserve(2)
    planner.writer?.writeFloat(first, at: offset, 0)
    planner.writer?.writeFloat(second, at: offset, 1)
    return offset
  }
}
