// SPDX-License-Identifier: MIT

import LeatSupport
import LeatKernel

/// Where the weights and the state of a recurrent layer are.
struct PlacedRecurrent {
  var weights = 0
  var bias = 0
  /// If the weights are integers.
  var scales = 0
  var cell = 0
  /// The two h, the current one first.
  var hidden = Place(0)
  /// h0, then c0.
  var initial = 0
}

extension RecurrentPlan {
  private var panels: Panels { Panels(units: hiddenSize, gates: Int(gates), type: type) }

  /// The panels of `QuantizedRecord.scales`.
  private var floatPanels: Panels { Panels(units: hiddenSize, gates: Int(gates), type: .float32) }

  private var biasPanels: Panels {
    Panels(units: hiddenSize, gates: Int(gates) + (isLastGateSplit ? 1 : 0), type: .float32)
  }

  /// Places weights, biases and the initial state in the model's block, and h and c in the
  /// stream's.
  func placeWeights(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors
  ) throws(Failure) -> PlacedRecurrent {
    var placed = PlacedRecurrent()
    let columns = Panels.padded(inputSize, type) + Panels.padded(outputSize, type)
    let weights = UInt64(rows) * UInt64(inputSize + outputSize)
    planner.count(macs: weights, parameters: weights + (hasBias ? 2 * UInt64(rows) : 0))
    if type == .int8 {
      placed.scales = try planner.reserve(floatPanels.elements(columns: QuantizedRecord.columns))
    }
    placed.weights = try planner.reserve(panels, columns: columns)
    placed.bias = try planner.reserve(biasPanels.elements(columns: 1))
    if hasInitialState {
      planner.count(macs: 0, parameters: UInt64(outputSize + cellSize))
      placed.initial = try planner.reserve(outputSize + cellSize)
    }
    placed.cell = planner.stream.reserveState(cellSize)
    placed.hidden = Place(
      even: planner.stream.reserveState(outputSize), odd: planner.stream.reserveState(outputSize))
    if let writer = planner.writer { writeWeights(placed, file, writer) }
    return placed
  }

  /// Places a layer of an `nn.RNN` or an `nn.GRU`, whose state is h alone.
  func placeHiddenState(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    let offset = try planner.reserveRecord(HiddenStateRecord.self)
    let placed = try placeWeights(&planner, file)
    let quantized = try placeScratch(&planner, placed, unprojected: 0, values).1
    let record = HiddenStateRecord(
      inputSize: inputSize, hiddenSize: hiddenSize, weights: placed.weights, bias: placed.bias,
      hidden: placed.hidden, quantized: quantized)
    planner.writer?.writeRecord(record, at: offset)
    return placedLayer(placed, record: offset)
  }

  /// Places what a step needs for a moment: `unprojected` floats, and the rounded inputs of integer
  /// weights.
  func placeScratch(
    _ planner: inout BlockPlanner, _ placed: PlacedRecurrent, unprojected: Int,
    _ values: borrowing Table<Value>
  ) throws(Failure) -> (unprojected: Int, QuantizedRecord) {
    let isQuantized = type == .int8
    let (first, input, hidden) = try planner.stream.reserveScratch(
      unprojected, isQuantized ? QuantizedRecord.vectorSize(inputSize) : 0,
      isQuantized ? QuantizedRecord.vectorSize(outputSize) : 0, values)
    guard isQuantized else { return (first, QuantizedRecord()) }
    return (
      first,
      QuantizedRecord(
        scales: placed.scales, inputSize: inputSize, outputSize: outputSize, input: input,
        hidden: hidden)
    )
  }

  /// The layer with its state. Its output is the new h, which is not the current one during the
  /// step.
  func placedLayer(_ placed: PlacedRecurrent, record: Int) -> PlacedLayer {
    PlacedLayer(
      record: record, output: Place(even: placed.hidden.odd, odd: placed.hidden.even),
      state: StateRecord(
        layer: 0, units: hiddenSize, hiddenSize: outputSize, cellSize: cellSize,
        hidden: placed.hidden, cell: placed.cell, initial: placed.initial,
        hiddenLimit: hiddenLimit, hiddenLeast: isNeverNegative ? 0 : -hiddenLimit,
        cellLimit: cellLimit))
  }

  private func writeWeights(
    _ placed: PlacedRecurrent, _ file: borrowing Safetensors, _ writer: BlockWriter
  ) {
    writeMatrix(inputWeight, part: 0, placed, file, writer)
    writeMatrix(hiddenWeight, part: 1, placed, file, writer)
    if hasBias { writeBiases(placed, file, writer) }
    guard hasInitialState else { return }
    let first = Int(row)
    let hidden = WeightReader(file, initialHidden)
    for element in 0..<outputSize {
      let value = hidden.flushed(first * outputSize + element, below: Least.value)
      writer.writeFloat(value, at: placed.initial, element)
    }
    guard hasCell else { return }
    let cell = WeightReader(file, initialCell)
    for element in 0..<hiddenSize {
      let value = cell.flushed(first * hiddenSize + element, below: Least.cell)
      writer.writeFloat(value, at: placed.initial, outputSize + element)
    }
  }

  private func writeBiases(
    _ placed: PlacedRecurrent, _ file: borrowing Safetensors, _ writer: BlockWriter
  ) {
    let input = WeightReader(file, inputBias)
    let hidden = WeightReader(file, hiddenBias)
    for row in 0..<rows {
      let (gate, unit) = (row / hiddenSize, row % hiddenSize)
      let values = (
        input.flushed(row, below: Least.bias), hidden.flushed(row, below: Least.bias)
      )
      let isSplit = isLastGateSplit && gate == Int(gates) - 1
      let place = biasPanels.row(unit: unit, gate: gate, columns: 1)
      writer.writeFloat(
        isSplit ? values.0 : values.0 + values.1, at: placed.bias, place.element(0))
      guard isSplit else { continue }
      let next = biasPanels.row(unit: unit, gate: gate + 1, columns: 1)
      writer.writeFloat(values.1, at: placed.bias, next.element(0))
    }
  }

  /// weight_ih is part 0, weight_hh part 1.
  private func writeMatrix(
    _ tensor: TensorIndex, part: Int, _ placed: PlacedRecurrent, _ file: borrowing Safetensors,
    _ writer: BlockWriter
  ) {
    let source = WeightReader(file, tensor)
    let inputs = Panels.padded(inputSize, type)
    let columns = inputs + Panels.padded(outputSize, type)
    let size = part == 0 ? inputSize : outputSize
    for row in 0..<rows {
      let (gate, unit) = (row / hiddenSize, row % hiddenSize)
      let places = panels.row(unit: unit, gate: gate, columns: columns)
      for column in 0..<size {
        writer.copyPanelWeight(
          source, row &* size &+ column, as: type, to: placed.weights,
          places.element(part &* inputs &+ column))
      }
      if type == .int8 {
        let place = floatPanels.row(unit: unit, gate: gate, columns: QuantizedRecord.columns)
        let scale = source.scale(ofRow: row).flushed(below: Least.value)
        writer.writeFloat(scale, at: placed.scales, place.element(part))
        guard QuantizedRecord.columns == 4 else { continue }
        var sum: Int32 = 0
        for column in 0..<size { sum &+= Int32(source.integer(row &* size &+ column)) &+ 128 }
        writer.writeInteger(128 &* sum, at: placed.scales, place.element(2 + part))
      }
    }
  }
}
