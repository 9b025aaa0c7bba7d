// SPDX-License-Identifier: MIT
//
// `stepQuantizedPanels` for vectors of sixteen.

/// `WideSums` to which products of integers can be added.
@usableFromInline
protocol QuantizedWideSums: WideSums {
  /// Adds the products of the panels from `unit` on.
  mutating func addProducts<F: FusedMultiplyAdd, Record: RecurrentRecord>(
    _: F.Type, _ layer: Record, gates: Int, unit: Int, _ inputs: QuantizedInputs,
    _ model: borrowing ModelHandle)
}

/// Of one or two panels.
@usableFromInline
protocol QuantizedPanelSums: QuantizedWideSums, PanelWideSums {
  associatedtype Rows: ChainedRows
  mutating func addScaled<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: QuantizedMatrix, _ rows: Rows, _ scale: Float)
}

extension QuantizedPanelSums {
  /// Not inlined: a layer has several groups of panels.
  @inlinable @inline(never)
  mutating func addProducts<F: FusedMultiplyAdd, Record: RecurrentRecord>(
    _: F.Type, _ layer: Record, gates: Int, unit: Int, _ inputs: QuantizedInputs,
    _ model: borrowing ModelHandle
  ) {
    let panel = PanelWeights(layer, .int8, gates: gates, unit: unit, model: model)
    for part in 0..<2 {
      let matrix = panel.matrix(layer, part)
      addScaled(F.self, matrix, matrix.sums(Rows.self, inputs[part]), inputs[part].scale)
      endVector()
    }
  }
}

extension BothSums: QuantizedWideSums where First: QuantizedWideSums, Second: QuantizedWideSums {
  @inlinable @inline(__always)
  mutating func addProducts<F: FusedMultiplyAdd, Record: RecurrentRecord>(
    _: F.Type, _ layer: Record, gates: Int, unit: Int, _ inputs: QuantizedInputs,
    _ model: borrowing ModelHandle
  ) {
    first.addProducts(F.self, layer, gates: gates, unit: unit, inputs, model)
    second.addProducts(
      F.self, layer, gates: gates, unit: unit &+ First.Units.units, inputs, model)
  }
}

/// All panels of a layer: four at once, and the last one to four.
@inlinable @inline(__always)
func stepQuantizedWide<F: FusedMultiplyAdd, Layer: WideLayer>(
  _: F.Type, _: Layer.Type, _ layer: RecurrentLayer<Layer.State.Record>, _ state: Layer.State,
  model: borrowing ModelHandle, stream: borrowing StreamHandle
) where Layer.Pair: QuantizedPanelSums, Layer.Last: QuantizedPanelSums {
  let inputs = QuantizedInputs(F.self, isWide: true, quantizing: state, layer, stream)
  let units = layer.record.hiddenSize
  var unit = 0
  while unit &+ 24 < units {
    stepQuantizedGroup(
      F.self, Layer.self, Layer.FourPanels.self, layer, state, unit: unit, inputs, model)
    unit &+= 32
  }
  if unit &+ 16 < units {
    stepQuantizedGroup(
      F.self, Layer.self, Layer.ThreePanels.self, layer, state, unit: unit, inputs, model)
  } else if unit &+ 8 < units {
    stepQuantizedGroup(
      F.self, Layer.self, Layer.Pair.self, layer, state, unit: unit, inputs, model)
  } else if unit < units {
    stepQuantizedGroup(
      F.self, Layer.self, Layer.Last.self, layer, state, unit: unit, inputs, model)
  }
}

@inlinable @inline(__always)
func stepQuantizedGroup<F: FusedMultiplyAdd, Layer: WideLayer, Sums: QuantizedWideSums>(
  _: F.Type, _: Layer.Type, _: Sums.Type, _ layer: RecurrentLayer<Layer.State.Record>,
  _ state: Layer.State, unit: Int, _ inputs: QuantizedInputs, _ model: borrowing ModelHandle
) {
  var sums = unsafe Sums(model.floats(at: layer.record.bias) + 4 &* unit)
  sums.addProducts(F.self, layer.record, gates: Layer.gates, unit: unit, inputs, model)
  var work = NoWork()
  Layer.step(F.self, sums.gates, state, unit: unit, beside: &work)
}
