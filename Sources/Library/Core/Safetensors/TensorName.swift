// SPDX-License-Identifier: MIT

import LeatSupport

/// What a tensor is in a model, by the name that PyTorch gives it.
enum TensorRole {
  // of a recurrent module
  case inputWeight, hiddenWeight, inputBias, hiddenBias, projection, peephole
  case weight, bias  // of nn.Linear, nn.BatchNorm1d and nn.PReLU
  case runningMean, runningVariance, batchCount  // of nn.BatchNorm1d
  case inputMean, inputDeviation, outputMean, outputDeviation
  case initialHidden, initialCell
  case scale  // of a weight of integers
  case reverse  // of a bidirectional module
  case unknown

  var isRecurrent: Bool {
    switch self {
    case .inputWeight, .hiddenWeight, .inputBias, .hiddenBias, .projection, .peephole: true
    default: false
    }
  }

  var isWeight: Bool {
    switch self {
    case .inputWeight, .hiddenWeight, .projection, .weight: true
    default: false
    }
  }

  var isOfBatchNorm: Bool {
    switch self {
    case .runningMean, .runningVariance, .batchCount: true
    default: false
    }
  }

  /// Of a module that isn't recurrent.
  var isStateless: Bool {
    switch self {
    case .weight, .bias: true
    default: isOfBatchNorm
    }
  }
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
    case "running_mean": role = .runningMean
    case "running_var": role = .runningVariance
    case "num_batches_tracked": role = .batchCount
    case "input_mean", "input_min": role = .inputMean
    case "input_std", "input_range": role = .inputDeviation
    case "output_mean", "output_min": role = .outputMean
    case "output_std", "output_range": role = .outputDeviation
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
    parse(leaf, "peephole_l", .peephole)
  }

  private mutating func parse(_ leaf: Text, _ stem: StaticString, _ role: TensorRole) {
    // Without "_l" and a number, as in nn.LSTMCell, it is of the only layer.
    if leaf.count == stem.utf8CodeUnitCount - 2, leaf.isPrefix(of: stem) { self.role = role }
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
