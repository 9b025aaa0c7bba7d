// SPDX-License-Identifier: MIT
//
// A recurrent layer whose cell isn't PyTorch's default: see `RecurrentCell`.

import CLeat
import LeatSupport
import LeatKernel

struct GeneralPlan: BitwiseCopyable {
  var recurrent: RecurrentPlan
  let cell: RecurrentCell

  init(_ recurrent: RecurrentPlan, _ cell: RecurrentCell) {
    self.recurrent = recurrent
    self.cell = cell
  }

  var kind: LayerKind {
    switch recurrent.gates {
    case 1: .rnn
    case 3: .gru
    default: .lstm
    }
  }

  private var kernelCell: GeneralRecord.Cell {
    switch recurrent.gates {
    case 1: .rnn
    case 3: cell.resetAfter ? .gru : .gruResetBefore
    default: .lstm
    }
  }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    // 32 tells it from the default cell.
    recurrent.hashSizes(into: &fingerprint, flags: recurrent.flags | 32)
    let flags =
      (cell.inputForget ? 1 : 0) | (cell.resetAfter ? 2 : 0) | (cell.peephole.isPresent ? 4 : 0)
    fingerprint.addNumber(flags)
    fingerprint.addFloat(cell.clip)
    cell.recurrentActivation.hash(into: &fingerprint)
    cell.activation.hash(into: &fingerprint)
    cell.outputActivation.hash(into: &fingerprint)
    recurrent.hashWeights(into: &fingerprint, file)
    if cell.peephole.isPresent { fingerprint.addTensor(file, cell.peephole) }
    recurrent.hashInitialState(into: &fingerprint, file)
  }

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    let offset = try planner.reserveRecord(GeneralRecord.self)
    let placed = try recurrent.placeWeights(&planner, file)
    let size = MatrixRecord.padded(recurrent.hiddenSize)
    let peephole = try placePeephole(&planner, file, size)
    let (sums, quantized) = try recurrent.placeScratch(
      &planner, placed, unprojected: kernelCell.sumRows * size, values)
    let record = GeneralRecord(
      cell: kernelCell, inputForget: cell.inputForget, type: recurrent.type,
      clip: cell.clip == 0 ? .greatestFiniteMagnitude : cell.clip,
      recurrentActivation: try place(cell.recurrentActivation, &planner),
      activation: try place(cell.activation, &planner),
      outputActivation: try place(cell.outputActivation, &planner),
      inputSize: recurrent.inputSize, hiddenSize: recurrent.hiddenSize, weights: placed.weights,
      bias: placed.bias, peephole: peephole, cellState: placed.cell, hidden: placed.hidden,
      sums: sums, quantized: quantized)
    planner.writer?.writeRecord(record, at: offset)
    return recurrent.placedLayer(placed, record: offset)
  }

  private func place(
    _ activation: ChosenActivation, _ planner: inout BlockPlanner
  ) throws(Failure) -> ActivationRecord {
    ActivationRecord(
      activation.activation,
      parameters: try activation.placeParameters(&planner))
  }

  private func placePeephole(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ size: Int
  ) throws(Failure) -> Int {
    guard cell.peephole.isPresent else { return 0 }
    planner.count(
      macs: 3 * UInt64(recurrent.hiddenSize), parameters: 3 * UInt64(recurrent.hiddenSize))
    let offset = try planner.reserve(3 * size)
    guard let writer = planner.writer else { return offset }
    let weights = WeightReader(file, cell.peephole)
    for row in 0..<3 {
      for unit in 0..<recurrent.hiddenSize {
        let weight = weights.flushed(row * recurrent.hiddenSize + unit, below: Least.value)
        writer.writeFloat(weight, at: offset, row * size + unit)
      }
    }
    return offset
  }

  func checkArgument(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    if RecurrentCell.hasArgument(argument, gates: Int(recurrent.gates)) { return true }
    return try recurrent.checkArgument(argument, entry, layers: layers)
  }
}
