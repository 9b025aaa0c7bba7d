// SPDX-License-Identifier: MIT
//
// The kinds of layers. A kind answers the questions below in its folder; the passes over a model
// (bounds, fingerprint, placing, metadata, kernels) are loops that ask. Documentation/Contributing.md
// says what a new kind takes.

import CInternal
import LeatSupport
import LeatKernel

/// One layer as the file describes it: its kind's own plan.
enum LayerPlan: BitwiseCopyable {
  case lstm(LSTMPlan)
  case linear(LinearPlan)
  case activation(ActivationPlan)
  case rnn(RNNPlan)

  var kind: LayerKind {
    switch self {
    case .lstm: .lstm
    case .linear: .linear
    case .activation: .activation
    case .rnn: .rnn
    }
  }

  /// In a list of `leat.format` 1 layers come in this order; nil of a kind that it doesn't have.
  var turnInFormat1: Int? {
    switch self {
    case .lstm: 0
    case .linear: 1
    case .activation, .rnn: nil
    }
  }

  /// The activation that ends it.
  var activation: Activation {
    switch self {
    case .lstm, .rnn: .none
    case .linear(let plan): plan.activation
    case .activation(let plan): plan.activation
    }
  }

  var outputSize: Int {
    switch self {
    case .lstm(let plan): plan.outputSize
    case .linear(let plan): plan.outputSize
    case .activation(let plan): plan.size
    case .rnn(let plan): plan.outputSize
    }
  }

  /// What a stream keeps of it; nil when it keeps nothing.
  var state: RecurrentPlan? {
    switch self {
    case .lstm(let plan): plan.recurrent
    case .rnn(let plan): plan.recurrent
    case .linear, .activation: nil
    }
  }

  /// The bound of its outputs, its inputs being at most `input` in magnitude. Nil for a recurrent
  /// layer that reads the samples: it finds the largest input it can take. See `Bounds`.
  mutating func bound(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double {
    switch self {
    case .lstm(var plan):
      defer { self = .lstm(plan) }
      return try plan.bound(file, input: input)
    case .linear(let plan): return try plan.bound(file, input: input ?? Bounds.ceiling)
    case .activation(let plan): return plan.bound(input: input ?? Bounds.ceiling)
    case .rnn(var plan):
      defer { self = .rnn(plan) }
      return try plan.bound(file, input: input)
    }
  }

  /// The kind that a recurrent module's shapes make it, by the rows of weight_hh for each unit.
  static func recurrent(_ plan: RecurrentPlan) -> LayerPlan? {
    switch Int(plan.gates) {
    case LSTMPlan.gates: .lstm(LSTMPlan(recurrent: plan))
    case RNNPlan.gates: .rnn(RNNPlan(recurrent: plan))
    default: nil
    }
  }

  /// Adds what decides its outputs.
  func add(to fingerprint: inout Fingerprint, _ file: borrowing Safetensors) {
    switch self {
    case .lstm(let plan): plan.add(to: &fingerprint, file)
    case .linear(let plan): plan.add(to: &fingerprint, file)
    case .activation(let plan): plan.add(to: &fingerprint)
    case .rnn(let plan): plan.add(to: &fingerprint, file)
    }
  }

  /// Reserves what it needs, and writes it when there is a block.
  func place(
    _ planner: inout ImagePlanner, _ file: borrowing Safetensors,
    _ architecture: borrowing Architecture
  ) throws(Failure) -> PlacedLayer {
    switch self {
    case .lstm(let plan): try plan.place(&planner, file, architecture)
    case .linear(let plan): try plan.place(&planner, file, architecture)
    case .activation(let plan): try plan.place(&planner, architecture)
    case .rnn(let plan): try plan.place(&planner, file, architecture)
    }
  }

  /// What its weights are in memory; nil when it has none.
  var weights: WeightType? {
    switch self {
    case .lstm(let plan): plan.recurrent.type
    case .linear(let plan): plan.type
    case .activation: nil
    case .rnn(let plan): plan.recurrent.type
    }
  }

  /// Where in `leat_kernels` its kernel is.
  var kernel: Int {
    switch self {
    case .lstm(let plan): plan.kernel
    case .linear(let plan): plan.kernel
    case .activation: Int(leatcore_activation.rawValue)
    case .rnn(let plan): plan.kernel
    }
  }

  /// The tensor of its projection, whose product is a kernel of its own.
  var projection: TensorPlace {
    switch self {
    case .lstm(let plan): plan.recurrent.projection
    case .linear, .activation, .rnn: TensorPlace()
    }
  }

  /// Compares an argument of PyTorch's constructor with what the tensors say; false when it is none
  /// of this kind's. `layers` is how many layers of the list belong to its module.
  func check(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    switch self {
    case .lstm(let plan): try plan.check(argument, entry, layers: layers)
    case .linear(let plan): try plan.check(argument, entry)
    case .activation: false
    case .rnn(let plan): try plan.check(argument, entry, layers: layers)
    }
  }
}
