// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import LeatSupport
import LeatKernel

/// All other kinds of layers.
enum EveryOtherLayer: OtherLayers {
  case activation(ActivationPlan)
  case rnn(RNNPlan)
  case gru(GRUPlan)
  case general(GeneralPlan)
  case sum(SumPlan)
  case scale(ScalePlan)

  static var exist: Bool { true }
  static var workspaceMemory: InlineArray<7168, UInt64> { InlineArray(repeating: 0) }

  static func layer(activation plan: ActivationPlan) -> Self? { .activation(plan) }
  static func layer(sum plan: SumPlan) -> Self? { .sum(plan) }
  static func layer(scale plan: ScalePlan) -> Self? { .scale(plan) }

  static func layer(recurrent plan: RecurrentPlan, _ cell: RecurrentCell) -> Self? {
    guard cell.isDefault(gates: Int(plan.gates)) else { return .general(GeneralPlan(plan, cell)) }
    return switch Int(plan.gates) {
    case RNNPlan.gates: .rnn(RNNPlan(recurrent: plan))
    case GRUPlan.gates: .gru(GRUPlan(recurrent: plan))
    default: nil
    }
  }

  var kind: LayerKind {
    switch self {
    case .activation: .activation
    case .rnn: .rnn
    case .gru: .gru
    case .general(let plan): plan.kind
    case .sum: .sum
    case .scale: .scale
    }
  }

  var kernels: leatcore_kernel_offset {
    switch self {
    case .activation: leatcore_activation
    case .rnn: leatcore_rnn
    case .gru: leatcore_gru
    case .general: leatcore_general
    case .sum: leatcore_sum
    case .scale: leatcore_scale
    }
  }

  var activation: ChosenActivation {
    switch self {
    case .activation(let plan): plan.activation
    case .rnn, .gru, .general, .sum, .scale: ChosenActivation()
    }
  }

  var cell: RecurrentCell? {
    switch self {
    case .general(let plan): plan.cell
    default: nil
    }
  }

  var inputSize: Int? {
    switch self {
    case .rnn(let plan): plan.recurrent.inputSize
    case .gru(let plan): plan.recurrent.inputSize
    case .general(let plan): plan.recurrent.inputSize
    case .scale(let plan): plan.size
    case .activation, .sum: nil
    }
  }

  var outputSize: Int {
    switch self {
    case .activation(let plan): plan.size
    case .rnn(let plan): plan.recurrent.outputSize
    case .gru(let plan): plan.recurrent.outputSize
    case .general(let plan): plan.recurrent.outputSize
    case .sum(let plan): plan.size
    case .scale(let plan): plan.size
    }
  }

  var state: RecurrentPlan? {
    switch self {
    case .rnn(let plan): plan.recurrent
    case .gru(let plan): plan.recurrent
    case .general(let plan): plan.recurrent
    case .activation, .sum, .scale: nil
    }
  }

  var findsLargestInput: Bool {
    switch self {
    case .rnn, .gru: true
    case .activation, .general, .sum, .scale: false
    }
  }

  var weights: WeightType? {
    switch self {
    case .rnn(let plan): plan.recurrent.type
    case .gru(let plan): plan.recurrent.type
    case .general(let plan): plan.recurrent.type
    case .activation, .sum, .scale: nil
    }
  }

  var weight: TensorIndex {
    switch self {
    case .activation(let plan): plan.slopes
    case .rnn(let plan): plan.recurrent.inputWeight
    case .gru(let plan): plan.recurrent.inputWeight
    case .general(let plan): plan.recurrent.inputWeight
    case .sum: TensorIndex()
    case .scale(let plan): plan.module.isPresent ? plan.module : plan.factor
    }
  }

  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double {
    let bound = input ?? SumBound.ceiling
    switch self {
    case .activation(let plan): return try plan.boundOutput(file, input: bound)
    case .rnn(var plan):
      defer { self = .rnn(plan) }
      return try plan.boundOutput(file, input: input)
    case .gru(var plan):
      defer { self = .gru(plan) }
      return try plan.boundOutput(file, input: input)
    case .general(var plan):
      defer { self = .general(plan) }
      return try plan.boundOutput(file, input: bound)
    case .sum(let plan): return try plan.boundOutput(file, input: bound)
    case .scale(let plan): return try plan.boundOutput(file, input: bound)
    }
  }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    switch self {
    case .activation(let plan): plan.hash(into: &fingerprint, file)
    case .rnn(let plan): plan.recurrent.hash(into: &fingerprint, file)
    case .gru(let plan): plan.recurrent.hash(into: &fingerprint, file)
    case .general(let plan): plan.hash(into: &fingerprint, file)
    case .sum(let plan): plan.hash(into: &fingerprint)
    case .scale(let plan): plan.hash(into: &fingerprint, file)
    }
  }

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    switch self {
    case .activation(let plan): try plan.placeLayer(&planner, file, values)
    case .rnn(let plan): try plan.recurrent.placeHiddenState(&planner, file, values)
    case .gru(let plan): try plan.recurrent.placeHiddenState(&planner, file, values)
    case .general(let plan): try plan.placeLayer(&planner, file, values)
    case .sum(let plan): try plan.placeLayer(&planner, values)
    case .scale(let plan): try plan.placeLayer(&planner, file, values)
    }
  }

  func checkArgument(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    switch self {
    case .activation, .sum: false
    case .rnn(let plan): try plan.checkArgument(argument, entry, layers: layers)
    case .gru(let plan): try plan.checkArgument(argument, entry, layers: layers)
    case .general(let plan): try plan.checkArgument(argument, entry, layers: layers)
    case .scale(let plan): try plan.checkArgument(argument, entry)
    }
  }
}
