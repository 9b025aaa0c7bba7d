// SPDX-License-Identifier: MIT
//
// `nn.RNN` with tanh: one gate, which is the new h.

import CInternal
import CLeat
import LeatSupport
import LeatKernel

struct RNNPlan: BitwiseCopyable {
  static var gates: Int { 1 }

  var recurrent: RecurrentPlan

  var outputSize: Int { recurrent.outputSize }

  mutating func bound(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double {
    try recurrent.limitHidden(file, input: input, output: 1)
    return 1
  }

  func add(to fingerprint: inout Fingerprint, _ file: borrowing Safetensors) {
    recurrent.addSizes(to: &fingerprint, flags: recurrent.flags)
    recurrent.addWeights(to: &fingerprint, file)
    recurrent.addInitialState(to: &fingerprint, file)
  }

  func place(
    _ planner: inout ImagePlanner, _ file: borrowing Safetensors,
    _ architecture: borrowing Architecture
  ) throws(Failure) -> PlacedLayer {
    let offset = try planner.reserveRecord(RNNRecord.self)
    let shared = try recurrent.placeShared(&planner, file)
    var quantized = QuantizedRecord()
    if recurrent.type == .int8 {
      let scratch = try planner.reserveScratch(
        QuantizedRecord.vectorSize(recurrent.inputSize),
        QuantizedRecord.vectorSize(recurrent.hiddenSize), 0, architecture)
      quantized = QuantizedRecord(
        scales: shared.scales, inputSize: recurrent.inputSize, outputSize: recurrent.hiddenSize,
        input: scratch.0, hidden: scratch.1)
    }
    let record = RNNRecord(
      inputSize: recurrent.inputSize, hiddenSize: recurrent.hiddenSize, weights: shared.weights,
      bias: shared.bias, hidden: shared.hidden, quantized: quantized)
    planner.writer?.write(record, at: offset)
    return PlacedLayer(record: offset, recurrent: shared, recurrent.state(shared))
  }

  var kernel: Int {
    let place =
      switch recurrent.type {
      case .float32: leatcore_rnn_f32
      case .float16: leatcore_rnn_f16
      case .bfloat16: leatcore_rnn_bf16
      case .int8: leatcore_rnn_i8
      }
    return Int(place.rawValue)
  }

  func check(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    guard argument == "nonlinearity" else {
      return try recurrent.checkShared(argument, entry, layers: layers)
    }
    if entry.value == "tanh" { return true }
    guard entry.value == "relu" else {
      throw Failure(
        LEAT_E_MODEL, "metadata '\(entry.key)' is '\(entry.value)', expected 'tanh' or 'relu'")
    }
    throw Failure(
      LEAT_E_UNSUPPORTED,
      "metadata '\(entry.key)' is 'relu', which leaves h without a bound: expected 'tanh'")
  }
}
