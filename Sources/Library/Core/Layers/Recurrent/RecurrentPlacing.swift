// SPDX-License-Identifier: MIT

import LeatSupport
import LeatKernel

/// Where a recurrent layer's weights and state are.
struct PlacedRecurrent {
  var weights = 0
  var bias = 0
  /// Only of integers.
  var scales = 0
  var cell = 0
  /// The two h, the current one first.
  var hidden = Place(0)
  /// h0, then c0.
  var initial = 0
}

extension RecurrentPlan {
  private var panels: Panels { Panels(units: hiddenSize, gates: Int(gates), type: type) }

  /// Panels of floats beside the weights: biases, scales.
  private var besides: Panels { Panels(units: hiddenSize, gates: Int(gates), type: .float32) }

  func placeShared(
    _ planner: inout ImagePlanner, _ file: borrowing Safetensors
  ) throws(Failure) -> PlacedRecurrent {
    var placed = PlacedRecurrent()
    let columns = Panels.filled(inputSize, type) + Panels.filled(outputSize, type)
    let weights = UInt64(rows) * UInt64(inputSize + outputSize)
    planner.count(macs: weights, parameters: weights + (hasBias ? 2 * UInt64(rows) : 0))
    if type == .int8 { placed.scales = try planner.reserve(besides.elements(columns: 2)) }
    placed.weights = try planner.reserve(panels, columns: columns)
    placed.bias = try planner.reserve(besides.elements(columns: 1))
    if hasInitialState {
      planner.count(macs: 0, parameters: UInt64(outputSize + cellSize))
      placed.initial = try planner.reserve(outputSize + cellSize)
    }
    placed.cell = try planner.reserveInStream(cellSize)
    placed.hidden = Place(
      even: try planner.reserveInStream(outputSize), odd: try planner.reserveInStream(outputSize))
    if let writer = planner.writer { write(placed, file, writer) }
    return placed
  }

  /// What a stream keeps of it.
  func state(_ placed: PlacedRecurrent) -> StateRecord {
    StateRecord(
      layer: 0, units: hiddenSize, hiddenSize: outputSize, cellSize: cellSize,
      hidden: placed.hidden, cell: placed.cell, initial: placed.initial, hiddenLimit: hiddenLimit)
  }

  private func write(
    _ placed: PlacedRecurrent, _ file: borrowing Safetensors, _ writer: ImageWriter
  ) {
    writeMatrix(inputWeight, part: 0, placed, file, writer)
    writeMatrix(hiddenWeight, part: 1, placed, file, writer)
    if hasBias {
      let input = WeightReader(file, inputBias)
      let hidden = WeightReader(file, hiddenBias)
      for row in 0..<rows {
        let place = besides.row(unit: row % hiddenSize, gate: row / hiddenSize, columns: 1)
        let sum = input.kept(row, Least.bias) + hidden.kept(row, Least.bias)
        writer.write(sum, at: placed.bias, place.element(0))
      }
    }
    guard hasInitialState else { return }
    let first = Int(row)
    let hidden = WeightReader(file, initialHidden)
    for element in 0..<outputSize {
      let value = hidden.kept(first * outputSize + element, Least.value)
      writer.write(value, at: placed.initial, element)
    }
    guard hasCell else { return }
    let cell = WeightReader(file, initialCell)
    for element in 0..<hiddenSize {
      let value = cell.kept(first * hiddenSize + element, Least.cell)
      writer.write(value, at: placed.initial, outputSize + element)
    }
  }

  /// weight_ih is part 0, weight_hh part 1.
  private func writeMatrix(
    _ tensor: TensorPlace, part: Int, _ placed: PlacedRecurrent, _ file: borrowing Safetensors,
    _ writer: ImageWriter
  ) {
    let source = WeightReader(file, tensor)
    let inputs = Panels.filled(inputSize, type)
    let columns = inputs + Panels.filled(outputSize, type)
    let size = part == 0 ? inputSize : outputSize
    for row in 0..<rows {
      let (gate, unit) = (row / hiddenSize, row % hiddenSize)
      let places = panels.row(unit: unit, gate: gate, columns: columns)
      for column in 0..<size {
        writer.copyToPanel(
          source, row &* size &+ column, as: type, to: placed.weights,
          places.element(part &* inputs &+ column))
      }
      if type == .int8 {
        let place = besides.row(unit: unit, gate: gate, columns: 2)
        let scale = source.scale(ofRow: row).kept(Least.value)
        writer.write(scale, at: placed.scales, place.element(part))
      }
    }
  }
}
