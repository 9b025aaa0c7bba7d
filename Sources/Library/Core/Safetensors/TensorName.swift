// SPDX-License-Identifier: MIT

import LeatSupport

/// What a tensor is in a model, by the name that PyTorch gives it.
enum TensorRole {
  case inputWeight, hiddenWeight, inputBias, hiddenBias, projection  // of a recurrent module
  case weight, bias  // of nn.Linear
  case inputMean, inputDeviation
  case initialHidden, initialCell
  case scale  // of a weight of integers
  case reverse  // of a bidirectional module
  case unknown

  var isRecurrent: Bool {
    switch self {
    case .inputWeight, .hiddenWeight, .inputBias, .hiddenBias, .projection: true
    default: false
    }
  }

  var isWeight: Bool {
    switch self {
    case .inputWeight, .hiddenWeight, .projection, .weight: true
    default: false
    }
  }

  var isLinear: Bool { self == .weight || self == .bias }
}

/// The parts of a tensor's name: `encoder.lstm.` `weight_ih_l` `2`.
struct TensorName {
  var role = TensorRole.unknown
  var layer = 0
  /// Bytes of the module's name, with the dot after it.
  var prefixCount = 0

  init(_ name: Text) {
    if let dot = name.lastIndex(of: UInt8(ascii: ".")) { prefixCount = dot + 1 }
    let leaf = name.slice(prefixCount, name.count)
    switch leaf {
    case "weight": role = .weight
    case "bias": role = .bias
    case "input_mean": role = .inputMean
    case "input_std": role = .inputDeviation
    case "h0", "h_0": role = .initialHidden
    case "c0", "c_0": role = .initialCell
    default: if leaf.hasSuffix("_scale") { role = .scale } else { parseLayered(leaf) }
    }
  }

  private mutating func parseLayered(_ leaf: Text) {
    parse(leaf, "weight_ih_l", .inputWeight)
    parse(leaf, "weight_hh_l", .hiddenWeight)
    parse(leaf, "bias_ih_l", .inputBias)
    parse(leaf, "bias_hh_l", .hiddenBias)
    parse(leaf, "weight_hr_l", .projection)
  }

  private mutating func parse(_ leaf: Text, _ stem: StaticString, _ role: TensorRole) {
    guard leaf.hasPrefix(stem) else { return }
    let suffix: StaticString = "_reverse"
    let digits = leaf.count - suffix.utf8CodeUnitCount
    if digits > stem.utf8CodeUnitCount, leaf.slice(digits, leaf.count) == suffix {
      self.role = .reverse
    } else if let number = leaf.number(from: stem.utf8CodeUnitCount) {
      self.role = role
      layer = number
    }
  }
}
