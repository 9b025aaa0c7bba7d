// SPDX-License-Identifier: MIT

/// The tensors of a state_dict with the same prefix.
struct StateDictModule {
  enum Kind { case lstm, gru, rnn, linear, batchNorm, prelu, other }

  /// "." of the module without a name, as in metadata.
  let name: String
  /// By the last part of the tensors' names.
  let shapes: [String: [Int]]
  let kind: Kind

  init(name: String, shapes: [String: [Int]]) {
    (self.name, self.shapes) = (name, shapes)
    let hidden = shapes["weight_hh_l0"] ?? shapes["weight_hh"]
    let weight = shapes["weight"]
    if shapes.keys.contains(where: { $0.hasPrefix("weight_ih") || $0.hasPrefix("weight_hh") }) {
      // With a projection the columns aren't the units.
      let units = max(1, (shapes["weight_hr_l0"] ?? hidden)?.last ?? 1)
      kind =
        switch (hidden?.first ?? 0) / units {
        case 3: .gru
        case 1: .rnn
        default: .lstm
        }
    } else if shapes["running_mean"] != nil {
      kind = .batchNorm
    } else if weight?.count == 2 {
      kind = .linear
    } else if weight?.count == 1, shapes["bias"] == nil {
      kind = .prelu
    } else {
      kind = .other
    }
  }

  var isRecurrent: Bool { kind == .lstm || kind == .gru || kind == .rnn }

  /// The name of one of its tensors.
  var tensorName: String {
    let leaf = shapes["weight"] == nil ? shapes.keys.min() ?? "" : "weight"
    return TensorName(module: name, leaf: leaf).text
  }

  /// As PyTorch calls a recurrent module.
  var title: String {
    switch kind {
    case .gru: "GRU"
    case .rnn: "RNN"
    default: "LSTM"
    }
  }

  /// What a sample has before the module; nil if any number will do.
  var inputs: Int? {
    switch kind {
    case .lstm, .gru, .rnn: (shapes["weight_ih_l0"] ?? shapes["weight_ih"])?.last
    case .linear: shapes["weight"]?.last
    case .batchNorm: shapes["running_mean"]?.first
    case .prelu, .other: nil
    }
  }

  /// nil if as many as come in.
  var outputs: Int? {
    switch kind {
    case .lstm, .gru, .rnn:
      shapes["weight_hr_l0"]?.first ?? (shapes["weight_hh_l0"] ?? shapes["weight_hh"])?.last
    case .linear: shapes["weight"]?.first
    case .batchNorm: inputs
    case .prelu, .other: nil
    }
  }
}
