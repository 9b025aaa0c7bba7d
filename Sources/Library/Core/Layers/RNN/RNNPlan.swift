// SPDX-License-Identifier: MIT
//
// PyTorch's `nn.RNN` with tanh: one gate, which is the new h.

import CLeat
import LeatSupport
import LeatKernel

struct RNNPlan: BitwiseCopyable {
  static var gates: Int { 1 }

  var recurrent: RecurrentPlan

  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double {
    try recurrent.limitHidden(file, input: input, output: 1)
    return 1
  }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    recurrent.hashSizes(into: &fingerprint, flags: recurrent.flags)
    recurrent.hashWeights(into: &fingerprint, file)
    recurrent.hashInitialState(into: &fingerprint, file)
  }

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    let offset = try planner.reserveRecord(RNNRecord.self)
    let placed = try recurrent.placeWeights(&planner, file)
    let quantized = try recurrent.placeScratch(&planner, placed, unprojected: 0, values).1
    let record = RNNRecord(
      inputSize: recurrent.inputSize, hiddenSize: recurrent.hiddenSize, weights: placed.weights,
      bias: placed.bias, hidden: placed.hidden, quantized: quantized)
    planner.writer?.writeRecord(record, at: offset)
    return recurrent.placedLayer(placed, record: offset)
  }

  func checkArgument(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    if RecurrentCell.hasArgument(argument, gates: RNNPlan.gates) { return true }
    return try recurrent.checkArgument(argument, entry, layers: layers)
  }
}
