// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import LeatSupport
import LeatKernel

/// The kinds of layers besides `nn.LSTM` and `nn.Linear`, as a loader knows them: see `LayerPlan`,
/// which says what each question means.
protocol OtherLayers: BitwiseCopyable {
  /// Whether there are any. If not, the compiler leaves out the code that would read them.
  static var exist: Bool { get }

  /// The memory of the loader's `Workspace`: the more a plan may hold, the larger are its tables.
  associatedtype WorkspaceMemory: BitwiseCopyable
  static var workspaceMemory: WorkspaceMemory { get }

  // The layer that a plan describes; nil if there are no other kinds.

  static func layer(recurrent plan: RecurrentPlan, _ cell: RecurrentCell) -> Self?
  static func layer(activation plan: ActivationPlan) -> Self?
  static func layer(sum plan: SumPlan) -> Self?
  static func layer(scale plan: ScalePlan) -> Self?

  var kind: LayerKind { get }
  var kernels: leatcore_kernel_offset { get }
  var activation: ChosenActivation { get }
  var cell: RecurrentCell? { get }
  var inputSize: Int? { get }
  var outputSize: Int { get }
  var state: RecurrentPlan? { get }
  var findsLargestInput: Bool { get }
  var weights: WeightType? { get }
  var weight: TensorIndex { get }

  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors)

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer

  func checkArgument(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool
}

/// No other kinds: a plan of this type can't be made.
enum NoOtherLayers: OtherLayers {
  static var exist: Bool { false }
  static var workspaceMemory: InlineArray<5120, UInt64> { InlineArray(repeating: 0) }

  static func layer(recurrent plan: RecurrentPlan, _ cell: RecurrentCell) -> Self? { nil }
  static func layer(activation plan: ActivationPlan) -> Self? { nil }
  static func layer(sum plan: SumPlan) -> Self? { nil }
  static func layer(scale plan: ScalePlan) -> Self? { nil }

  var kind: LayerKind { switch self {} }
  var kernels: leatcore_kernel_offset { switch self {} }
  var activation: ChosenActivation { switch self {} }
  var cell: RecurrentCell? { switch self {} }
  var inputSize: Int? { switch self {} }
  var outputSize: Int { switch self {} }
  var state: RecurrentPlan? { switch self {} }
  var findsLargestInput: Bool { switch self {} }
  var weights: WeightType? { switch self {} }
  var weight: TensorIndex { switch self {} }

  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double { switch self {} }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {}

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer { switch self {} }

  func checkArgument(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool { switch self {} }
}
