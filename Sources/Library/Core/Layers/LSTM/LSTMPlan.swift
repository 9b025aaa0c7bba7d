// SPDX-License-Identifier: MIT
//
// `nn.LSTM`: gates i, f, g, o, a cell, and with `proj_size` a projection of h.

import CInternal
import LeatSupport
import LeatKernel

struct LSTMPlan: BitwiseCopyable {
  static var gates: Int { 4 }

  var recurrent: RecurrentPlan

  var outputSize: Int { recurrent.outputSize }

  /// h is in -1…1 before it is projected.
  mutating func bound(
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

  func add(to fingerprint: inout Fingerprint, _ file: borrowing Safetensors) {
    let isProjectionQuantized =
      recurrent.isProjected && file.isQuantized(recurrent.projection.index)
    recurrent.addSizes(
      to: &fingerprint,
      flags: recurrent.flags | (recurrent.isProjected ? 2 : 0) | (isProjectionQuantized ? 16 : 0))
    recurrent.addWeights(to: &fingerprint, file)
    if recurrent.isProjected { fingerprint.add(file, recurrent.projection) }
    recurrent.addInitialState(to: &fingerprint, file)
  }

  func place(
    _ planner: inout ImagePlanner, _ file: borrowing Safetensors,
    _ architecture: borrowing Architecture
  ) throws(Failure) -> PlacedLayer {
    let offset = try planner.reserveRecord(LSTMRecord.self)
    let shared = try recurrent.placeShared(&planner, file)
    var projection = 0
    if recurrent.isProjected {
      projection = try planner.placeMatrix(
        file, recurrent.projection, rows: recurrent.outputSize, columns: recurrent.hiddenSize)
    }
    let isQuantized = recurrent.type == .int8
    let scratch = try planner.reserveScratch(
      recurrent.isProjected ? recurrent.hiddenSize : 0,
      isQuantized ? QuantizedRecord.vectorSize(recurrent.inputSize) : 0,
      isQuantized ? QuantizedRecord.vectorSize(recurrent.outputSize) : 0, architecture)
    let record = LSTMRecord(
      inputSize: recurrent.inputSize, hiddenSize: recurrent.hiddenSize,
      outputSize: recurrent.outputSize, type: recurrent.type, weights: shared.weights,
      bias: shared.bias, projection: projection, cell: shared.cell, hidden: shared.hidden,
      unprojected: scratch.0,
      quantized: isQuantized
        ? QuantizedRecord(
          scales: shared.scales, inputSize: recurrent.inputSize, outputSize: recurrent.outputSize,
          input: scratch.1, hidden: scratch.2)
        : QuantizedRecord())
    planner.writer?.write(record, at: offset)
    return PlacedLayer(record: offset, recurrent: shared, recurrent.state(shared))
  }

  var kernel: Int {
    let place =
      switch recurrent.type {
      case .float32: leatcore_lstm_f32
      case .float16: leatcore_lstm_f16
      case .bfloat16: leatcore_lstm_bf16
      case .int8: leatcore_lstm_i8
      }
    return Int(place.rawValue)
  }

  func check(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    if argument == "proj_size" {
      try entry.expect(recurrent.isProjected ? recurrent.outputSize : 0)
      return true
    }
    return try recurrent.checkShared(argument, entry, layers: layers)
  }
}
