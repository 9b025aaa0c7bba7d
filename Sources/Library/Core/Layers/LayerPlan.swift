// SPDX-License-Identifier: MIT
//
// The kinds of layers. Each has a folder, whose plan answers the questions below. A loader goes
// through a model several times (bounds, fingerprint, placement, metadata, kernels), each time with
// a loop that asks every layer. Enums and not protocols: without allocation Swift has no
// existentials, and a new kind doesn't compile before it answers every question.
// Documentation/Contributing.md lists what a new kind needs.
//
// Most models are LSTMs with linear layers. A program on a small machine that runs only those should
// not contain the code that loads other kinds. So the loader is generic over the other kinds, which
// are all in `OtherLayerPlan`, or none. There are two loaders, and leat_kernels.h chooses one.

import CInternal
import CLeat
import LeatSupport
import LeatKernel

/// One layer as the file describes it.
enum LayerPlan<Other: OtherLayers>: BitwiseCopyable {
  case lstm(LSTMPlan)
  case linear(LinearPlan)
  case other(Other)

  var kind: LayerKind {
    switch self {
    case .lstm: .lstm
    case .linear: .linear
    case .other(let plan): plan.kind
    }
  }

  /// The order of kinds in a list of `leat.format` 1; nil for a kind that the format doesn't have.
  var orderInFormat1: Int? {
    switch self {
    case .lstm: 0
    case .linear: 1
    case .other: nil
    }
  }

  /// The activation at its end.
  var activation: ChosenActivation {
    switch self {
    case .lstm: ChosenActivation()
    case .linear(let plan): plan.activation
    case .other(let plan): plan.activation
    }
  }

  /// The cell of a recurrent layer that isn't PyTorch's default; nil of other layers.
  var cell: RecurrentCell? {
    switch self {
    case .lstm, .linear: nil
    case .other(let plan): plan.cell
    }
  }

  /// The size of its input; nil for a layer that takes any.
  var inputSize: Int? {
    switch self {
    case .lstm(let plan): plan.recurrent.inputSize
    case .linear(let plan): plan.inputSize
    case .other(let plan): plan.inputSize
    }
  }

  var outputSize: Int {
    switch self {
    case .lstm(let plan): plan.recurrent.outputSize
    case .linear(let plan): plan.outputSize
    case .other(let plan): plan.outputSize
    }
  }

  /// The plan of a recurrent layer, which a stream keeps state of; nil for other layers.
  var state: RecurrentPlan? {
    switch self {
    case .lstm(let plan): plan.recurrent
    case .linear: nil
    case .other(let plan): plan.state
    }
  }

  /// Whether `boundOutput` finds the largest input if it is given none.
  var findsLargestInput: Bool {
    switch self {
    case .lstm: true
    case .linear: false
    case .other(let plan): plan.findsLargestInput
    }
  }

  /// The bound of its outputs, for inputs of at most `input` in magnitude, of all sources together.
  /// `input` is nil for a layer that reads the samples and finds the largest that it can take. See
  /// `InputLimit`.
  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double {
    switch self {
    case .lstm(var plan):
      defer { self = .lstm(plan) }
      return try plan.boundOutput(file, input: input)
    case .linear(let plan): return try plan.boundOutput(file, input: input ?? SumBound.ceiling)
    case .other(var plan):
      defer { self = .other(plan) }
      return try plan.boundOutput(file, input: input)
    }
  }

  /// Hashes everything that decides its outputs. Not inlined, to keep the library small.
  @inline(never)
  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    switch self {
    case .lstm(let plan): plan.hash(into: &fingerprint, file)
    case .linear(let plan): plan.hash(into: &fingerprint, file)
    case .other(let plan): plan.hash(into: &fingerprint, file)
    }
  }

  /// Reserves what it needs in both blocks, and writes the model's block if there is one.
  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    switch self {
    case .lstm(let plan): try plan.placeLayer(&planner, file, values)
    case .linear(let plan): try plan.placeLayer(&planner, file, values)
    case .other(let plan): try plan.placeLayer(&planner, file, values)
    }
  }

  /// The type of its weights in memory; nil when it has none.
  var weights: WeightType? {
    switch self {
    case .lstm(let plan): plan.recurrent.type
    case .linear(let plan): plan.type
    case .other(let plan): plan.weights
    }
  }

  /// Where in `leat_kernels` its kernel is: one of its kind, by the type of the weights.
  var kernel: Int {
    let first =
      switch self {
      case .lstm: leatcore_lstm
      case .linear: leatcore_linear
      case .other(let plan): plan.kernels
      }
    return Int(first.rawValue) + Int(weights?.rawValue ?? 0) * MemoryLayout<leat_kernel>.stride
  }

  /// A tensor of its module, by which the module is known; none of a layer that is no module.
  var weight: TensorIndex {
    switch self {
    case .lstm(let plan): plan.recurrent.inputWeight
    case .linear(let plan): plan.weight
    case .other(let plan): plan.weight
    }
  }

  /// The tensor of its projection, for which there is a separate kernel.
  var projection: TensorIndex {
    switch self {
    case .lstm(let plan): plan.recurrent.projection
    case .linear: TensorIndex()
    case .other(let plan): plan.state?.projection ?? TensorIndex()
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
    case .other(let plan): try plan.checkArgument(argument, entry, layers: layers)
    }
  }
}
