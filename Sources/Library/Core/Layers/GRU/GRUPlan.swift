// SPDX-License-Identifier: MIT
//
// PyTorch's `nn.GRU`: gates r, z and n, the state h alone.

import CLeat
import LeatSupport
import LeatKernel

struct GRUPlan: BitwiseCopyable {
  static var gates: Int { 3 }

  /// The largest magnitude of h. A step makes no h that is larger than 2 and than the h before it,
  /// but with z = 1 a larger one from outside stays.
  static var largestHidden: Float { 0x1p24 }

  var recurrent: RecurrentPlan

  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double {
    try recurrent.limitHidden(file, input: input, output: 2, atMost: GRUPlan.largestHidden)
    return Double(GRUPlan.largestHidden)
  }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    recurrent.hashSizes(into: &fingerprint, flags: recurrent.flags)
    recurrent.hashWeights(into: &fingerprint, file)
    recurrent.hashInitialState(into: &fingerprint, file)
  }

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    let offset = try planner.reserveRecord(GRURecord.self)
    let placed = try recurrent.placeWeights(&planner, file)
    let quantized = try recurrent.placeScratch(&planner, placed, unprojected: 0, values).1
    let record = GRURecord(
      inputSize: recurrent.inputSize, hiddenSize: recurrent.hiddenSize, weights: placed.weights,
      bias: placed.bias, hidden: placed.hidden, quantized: quantized)
    planner.writer?.writeRecord(record, at: offset)
    return recurrent.placedLayer(placed, record: offset)
  }

  func checkArgument(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    if RecurrentCell.hasArgument(argument, gates: GRUPlan.gates) { return true }
    return try recurrent.checkArgument(argument, entry, layers: layers)
  }
}
