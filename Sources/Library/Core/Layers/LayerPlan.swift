// SPDX-License-Identifier: MIT
//
// The kinds of layers. Each has a folder, whose plan answers the questions below. A loader goes
// through a model several times (bounds, fingerprint, placement, metadata, kernels), each time with
// a loop that asks every layer. An enum and not a protocol: without allocation Swift has no
// existentials, and a new kind doesn't compile before it answers every question.
// Documentation/Contributing.md lists what a new kind needs.

import CInternal
import CLeat
import LeatSupport
import LeatKernel

/// One layer as the file describes it.
enum LayerPlan: BitwiseCopyable {
  case lstm(LSTMPlan)
  case linear(LinearPlan)
  case activation(ActivationPlan)
  case rnn(RNNPlan)
  case gru(GRUPlan)

  var kind: LayerKind {
    switch self {
    case .lstm: .lstm
    case .linear: .linear
    case .activation: .activation
    case .rnn: .rnn
    case .gru: .gru
    }
  }

  /// The order of kinds in a list of `leat.format` 1; nil for a kind that the format doesn't have.
  var orderInFormat1: Int? {
    switch self {
    case .lstm: 0
    case .linear: 1
    case .activation, .rnn, .gru: nil
    }
  }

  /// The activation at its end.
  var activation: Activation {
    switch self {
    case .lstm, .rnn, .gru: .none
    case .linear(let plan): plan.activation
    case .activation(let plan): plan.activation
    }
  }

  /// The size of its input; nil for a layer that takes any.
  var inputSize: Int? {
    switch self {
    case .lstm(let plan): plan.recurrent.inputSize
    case .linear(let plan): plan.inputSize
    case .activation: nil
    case .rnn(let plan): plan.recurrent.inputSize
    case .gru(let plan): plan.recurrent.inputSize
    }
  }

  var outputSize: Int {
    switch self {
    case .lstm(let plan): plan.recurrent.outputSize
    case .linear(let plan): plan.outputSize
    case .activation(let plan): plan.size
    case .rnn(let plan): plan.recurrent.outputSize
    case .gru(let plan): plan.recurrent.outputSize
    }
  }

  /// The plan of a recurrent layer, which a stream keeps state of; nil for other layers.
  var state: RecurrentPlan? {
    switch self {
    case .lstm(let plan): plan.recurrent
    case .rnn(let plan): plan.recurrent
    case .gru(let plan): plan.recurrent
    case .linear, .activation: nil
    }
  }

  /// The bound of its outputs, for inputs of at most `input` in magnitude. `input` is nil for a
  /// recurrent layer that reads the samples: it finds the largest input that it can take. See
  /// `InputLimit`.
  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double {
    switch self {
    case .lstm(var plan):
      defer { self = .lstm(plan) }
      return try plan.boundOutput(file, input: input)
    case .linear(let plan): return try plan.boundOutput(file, input: input ?? SumBound.ceiling)
    case .activation(let plan): return plan.boundOutput(input: input ?? SumBound.ceiling)
    case .rnn(var plan):
      defer { self = .rnn(plan) }
      return try plan.boundOutput(file, input: input)
    case .gru(var plan):
      defer { self = .gru(plan) }
      return try plan.boundOutput(file, input: input)
    }
  }

  /// A recurrent layer of the kind that has so many rows of weight_hh for each unit; nil if none
  /// has.
  static func recurrent(_ plan: RecurrentPlan) -> LayerPlan? {
    switch Int(plan.gates) {
    case LSTMPlan.gates: .lstm(LSTMPlan(recurrent: plan))
    case RNNPlan.gates: .rnn(RNNPlan(recurrent: plan))
    case GRUPlan.gates: .gru(GRUPlan(recurrent: plan))
    default: nil
    }
  }

  /// Hashes everything that decides its outputs. Not inlined, to keep the library small.
  @inline(never)
  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    switch self {
    case .lstm(let plan): plan.hash(into: &fingerprint, file)
    case .linear(let plan): plan.hash(into: &fingerprint, file)
    case .activation(let plan): plan.hash(into: &fingerprint)
    case .rnn(let plan): plan.hash(into: &fingerprint, file)
    case .gru(let plan): plan.hash(into: &fingerprint, file)
    }
  }

  /// Reserves what it needs in both blocks, and writes the model's block if there is one.
  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    switch self {
    case .lstm(let plan): try plan.placeLayer(&planner, file, values)
    case .linear(let plan): try plan.placeLayer(&planner, file, values)
    case .activation(let plan): try plan.placeLayer(&planner, values)
    case .rnn(let plan): try plan.placeLayer(&planner, file, values)
    case .gru(let plan): try plan.placeLayer(&planner, file, values)
    }
  }

  /// The type of its weights in memory; nil when it has none.
  var weights: WeightType? {
    switch self {
    case .lstm(let plan): plan.recurrent.type
    case .linear(let plan): plan.type
    case .activation: nil
    case .rnn(let plan): plan.recurrent.type
    case .gru(let plan): plan.recurrent.type
    }
  }

  /// Where in `leat_kernels` its kernel is: one of its kind, by the type of the weights.
  var kernel: Int {
    let first =
      switch self {
      case .lstm: leatcore_lstm
      case .linear: leatcore_linear
      case .activation: leatcore_activation
      case .rnn: leatcore_rnn
      case .gru: leatcore_gru
      }
    return Int(first.rawValue) + Int(weights?.rawValue ?? 0) * MemoryLayout<leat_kernel>.stride
  }

  /// A tensor of its module, by which the module is known; none of an activation layer.
  var weight: TensorIndex {
    switch self {
    case .lstm(let plan): plan.recurrent.inputWeight
    case .linear(let plan): plan.weight
    case .activation: TensorIndex()
    case .rnn(let plan): plan.recurrent.inputWeight
    case .gru(let plan): plan.recurrent.inputWeight
    }
  }

  /// The tensor of its projection, for which there is a separate kernel.
  var projection: TensorIndex {
    switch self {
    case .lstm(let plan): plan.recurrent.projection
    case .linear, .activation, .rnn, .gru: TensorIndex()
    }
  }

  /// Compares an argument of PyTorch's constructor with the tensors. False if the kind has no such
  /// argument. `layers` is the number of layers that belong to the module.
  func checkArgument(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    switch self {
    case .lstm(let plan): try plan.checkArgument(argument, entry, layers: layers)
    case .linear(let plan): try plan.checkArgument(argument, entry)
    case .activation: false
    case .rnn(let plan): try plan.checkArgument(argument, entry, layers: layers)
    case .gru(let plan): try plan.checkArgument(argument, entry, layers: layers)
    }
  }
}
