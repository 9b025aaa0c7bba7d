// SPDX-License-Identifier: MIT

/// One layer of an LSTM, a GRU or an RNN; the rows are in PyTorch's order of gates: i, f, g, o of
/// an LSTM, r, z, n of a GRU.
struct RecurrentLayer: ModuleLayer {
  enum Kind: String {
    case lstm, gru, rnn

    /// Rows of the matrices for each unit.
    var gates: Int {
      switch self {
      case .lstm: 4
      case .gru: 3
      case .rnn: 1
      }
    }
  }

  var recurrence: Kind
  var source: String
  var inputSize: Int
  var hiddenSize: Int
  /// [gates * H][I] and [gates * H][H]
  var inputWeights: [Float]
  var hiddenWeights: [Float]
  /// [gates * H] each
  var biases: (input: [Float], hidden: [Float])?
  /// [H] each; c only of an LSTM. nil for zeros.
  var initial: (h: [Float], c: [Float]?)?
  /// Of an LSTM: [3H], of the gates i, f, o.
  var peepholes: [Float]?
  var variant = Variant()

  /// How a layer's arithmetic differs from PyTorch's.
  struct Variant: Equatable {
    /// Of the gates i, f, o, or r, z.
    var recurrentActivation = Activation.sigmoid
    /// Of the gate g, or n, or of an RNN's h.
    var activation = Activation.tanh
    /// Of an LSTM's c where h is made of it; nil if it is `activation`.
    var outputActivation: Activation?
    /// The inputs of all activations are limited to this magnitude.
    var clip: Float?
    /// Of an LSTM: f = 1 - i.
    var couplesInputAndForget = false
    /// Of a GRU: whether r is multiplied by the product of h and the weights, or by h.
    var resetsAfter = true
  }

  var rows: Int { recurrence.gates * hiddenSize }

  var name: String { recurrence.rawValue }

  var tensors: [ModuleTensor] {
    var tensors = [
      ("weight_ih_l0", [rows, inputSize], inputWeights),
      ("weight_hh_l0", [rows, hiddenSize], hiddenWeights),
    ]
    if let biases {
      tensors += [("bias_ih_l0", [rows], biases.input), ("bias_hh_l0", [rows], biases.hidden)]
    }
    if let peepholes { tensors.append(("peephole_l0", [3 * hiddenSize], peepholes)) }
    if let initial {
      tensors.append(("h0", [1, hiddenSize], initial.h))
      if let c = initial.c { tensors.append(("c0", [1, hiddenSize], c)) }
    }
    return tensors
  }

  var arguments: [(name: String, value: String)] {
    var arguments: [(name: String, value: String)] = []
    func say(_ name: String, _ value: String, unless isDefault: Bool) {
      if !isDefault { arguments.append((name, value)) }
    }
    let activation = variant.activation
    say(
      "recurrent_activation", variant.recurrentActivation.text,
      unless: variant.recurrentActivation == .sigmoid || recurrence == .rnn)
    say(
      recurrence == .rnn ? "nonlinearity" : "activation", activation.text,
      unless: activation == .tanh)
    say(
      "output_activation", (variant.outputActivation ?? activation).text,
      unless: variant.outputActivation ?? activation == activation || recurrence != .lstm)
    say("clip", "\(variant.clip ?? 0)", unless: variant.clip == nil)
    say("input_forget", "True", unless: !variant.couplesInputAndForget || recurrence != .lstm)
    say("reset_after", "False", unless: variant.resetsAfter || recurrence != .gru)
    return arguments
  }
}

extension RecurrentLayer: Equatable {
  static func == (a: RecurrentLayer, b: RecurrentLayer) -> Bool {
    a.recurrence == b.recurrence && a.source == b.source && a.inputWeights == b.inputWeights
      && a.hiddenWeights == b.hiddenWeights && a.biases?.input == b.biases?.input
      && a.biases?.hidden == b.biases?.hidden && a.initial?.h == b.initial?.h
      && a.initial?.c == b.initial?.c && a.peepholes == b.peepholes && a.variant == b.variant
  }
}
