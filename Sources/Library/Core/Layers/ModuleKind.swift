// SPDX-License-Identifier: MIT

import LeatKernel

/// The kinds of modules that an entry of `leat.layers` may name: `act=prelu`.
enum ModuleKind: BitwiseCopyable {
  case lstm, gru, rnn, linear, batchNorm, prelu

  init?(_ word: Text) {
    switch word {
    case "lstm": self = .lstm
    case "gru": self = .gru
    case "rnn": self = .rnn
    case "linear": self = .linear
    case "batch_norm": self = .batchNorm
    case "prelu": self = .prelu
    default: return nil
    }
  }

  var word: StaticString {
    switch self {
    case .lstm: "lstm"
    case .gru: "gru"
    case .rnn: "rnn"
    case .linear: "linear"
    case .batchNorm: "batch_norm"
    case .prelu: "prelu"
    }
  }
}

extension LayerPlan {
  /// The kind of the module that the layer belongs to; nil if it belongs to none.
  var moduleKind: ModuleKind? {
    guard weight.isPresent else { return nil }
    return switch kind {
    case .lstm: .lstm
    case .linear: .linear
    case .activation: .prelu
    case .rnn: .rnn
    case .gru: .gru
    case .scale: .batchNorm
    case .sum: nil
    }
  }
}
