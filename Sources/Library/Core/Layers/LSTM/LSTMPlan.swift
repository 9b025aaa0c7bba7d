// SPDX-License-Identifier: MIT
//
// PyTorch's `nn.LSTM`: gates i, f, g and o, a cell, and with `proj_size` a projection of h.

import LeatSupport
import LeatKernel

struct LSTMPlan: BitwiseCopyable {
  static var gates: Int { 4 }

  var recurrent: RecurrentPlan

  /// h is in -1…1 before it is projected.
  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double {
    var output = 1.0
    if recurrent.isProjected {
      output = 0
      for row in 0..<recurrent.outputSize {
        output = max(output, file.rowSum(recurrent.projection, row, recurrent.hiddenSize) * 2)
      }
    }
    try recurrent.limitHidden(file, input: input, output: output)
    return output
  }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    let projection = recurrent.projection
    let flags =
      projection.isPresent ? (file.isQuantized(projection.index) ? 2 | 16 : 2) : 0
    recurrent.hashSizes(into: &fingerprint, flags: recurrent.flags | flags)
    recurrent.hashWeights(into: &fingerprint, file)
    if projection.isPresent { fingerprint.addTensor(file, projection) }
    recurrent.hashInitialState(into: &fingerprint, file)
  }

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    let offset = try planner.reserveRecord(LSTMRecord.self)
    let placed = try recurrent.placeWeights(&planner, file)
    var projection = 0
    if recurrent.isProjected {
      projection = try planner.placeMatrix(
        file, recurrent.projection, rows: recurrent.outputSize, columns: recurrent.hiddenSize)
    }
    let (unprojected, quantized) = try recurrent.placeScratch(
      &planner, placed, unprojected: recurrent.isProjected ? recurrent.hiddenSize : 0, values)
    let record = LSTMRecord(
      inputSize: recurrent.inputSize, hiddenSize: recurrent.hiddenSize,
      outputSize: recurrent.outputSize, type: recurrent.type, weights: placed.weights,
      bias: placed.bias, projection: projection, cell: placed.cell, hidden: placed.hidden,
      unprojected: unprojected, quantized: quantized)
    planner.writer?.writeRecord(record, at: offset)
    return recurrent.placedLayer(placed, record: offset)
  }

  func checkArgument(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    switch argument {
    case "proj_size": try entry.expect(recurrent.isProjected ? recurrent.outputSize : 0)
    // Another value makes another kind of layer, which the loader must know.
    case "recurrent_activation": try entry.expect(defaultOf: "sigmoid")
    case "activation", "output_activation": try entry.expect(defaultOf: "tanh")
    case "input_forget": try entry.expect(defaultOf: "False")
    case "clip": throw entry.needsOtherKinds()
    default: return try recurrent.checkArgument(argument, entry, layers: layers)
    }
    return true
  }
}
