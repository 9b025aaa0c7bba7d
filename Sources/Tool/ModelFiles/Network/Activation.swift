// SPDX-License-Identifier: MIT

/// A function of each element, or of all of them (softmax), with the numbers that it has.
enum Activation: Equatable {
  /// Changes nothing: where a recurrent layer has no activation.
  case identity
  case relu, sigmoid, tanh, softmax
  case leakyReLU(slope: Float = 0.01)
  case elu(alpha: Float = 1)
  case gelu, geluTanh, silu
  case softplus(beta: Float = 1, threshold: Float = 20)
  case softsign
  case hardSigmoid(alpha: Float = 1 / 6, beta: Float = 0.5)
  case hardtanh(least: Float = -1, largest: Float = 1)
  case relu6, hardswish, logSoftmax

  /// As `leat.layers` writes it: numbers only where they aren't the default.
  var text: String {
    switch self {
    case .identity: "none"
    case .relu: "relu"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    case .softmax: "softmax"
    case .leakyReLU(let slope): call("leaky_relu", [slope], self == .leakyReLU())
    case .elu(let alpha): call("elu", [alpha], self == .elu())
    case .gelu: "gelu"
    case .geluTanh: "gelu_tanh"
    case .silu: "silu"
    case .softplus(let beta, let threshold):
      call("softplus", [beta, threshold], self == .softplus())
    case .softsign: "softsign"
    case .hardSigmoid(let alpha, let beta):
      call("hard_sigmoid", [alpha, beta], self == .hardSigmoid())
    case .hardtanh(let least, let largest):
      call("hardtanh", [least, largest], self == .hardtanh())
    case .relu6: "relu6"
    case .hardswish: "hardswish"
    case .logSoftmax: "log_softmax"
    }
  }

  /// The words that files of `leat.format` 1 have, `none` besides them.
  static let ofFormat1 = [Self.relu, .sigmoid, .tanh, .softmax].map(\.text)

  private func call(_ name: String, _ numbers: [Float], _ isDefault: Bool) -> String {
    // The shortest digits that are this float: at most 9.
    isDefault ? name : "\(name)(\(numbers.map { "\($0)" }.joined(separator: ",")))"
  }
}
