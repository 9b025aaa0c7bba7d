// SPDX-License-Identifier: MIT
//
// `stepQuantizedPanels` for vectors of sixteen. The activations of a pair of panels are a chain of
// operations, each waiting for the one before. In between, the processor adds to the sums of the next
// pair, as in `stepInterleavedPairs`.

/// Sums of one or two panels, to which scaled sums of integers can be added.
@usableFromInline
protocol QuantizedPanelSums: PanelWideSums {
  associatedtype Rows: ChainedRows
  mutating func addScaled<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: QuantizedMatrix, _ rows: Rows, _ scale: Float)
}

/// The sums of one or two panels. The products of the inputs are complete, those of the previous h
/// grow.
@safe @usableFromInline
struct QuantizedGroup<F: FusedMultiplyAdd, Sums: QuantizedPanelSums>: InterleavedWork {
  @usableFromInline var sums: Sums
  @usableFromInline var rows: Sums.Rows
  @usableFromInline let matrix: QuantizedMatrix
  @usableFromInline let hidden: QuantizedVector
  /// How many quads of columns are in `rows`.
  @usableFromInline var added = 0

  @inlinable @inline(__always)
  init<Record: RecurrentRecord>(
    _: F.Type, _ layer: Record, gates: Int, unit: Int, _ inputs: QuantizedInputs,
    _ model: borrowing ModelHandle
  ) {
    let panel = PanelWeights(layer, .int8, gates: gates, unit: unit, model: model)
    let inputMatrix = panel.matrix(layer, 0)
    unsafe sums = Sums(panel.bias)
    sums.addScaled(
      F.self, inputMatrix, inputMatrix.sums(Sums.Rows.self, inputs.input), inputs.input.scale)
    sums.endVector()
    matrix = panel.matrix(layer, 1)
    hidden = inputs.hidden
    unsafe rows = Sums.Rows(offset: hidden.offset, weights: matrix.sums)
  }

  /// The branch always goes one way at a place in the code, so it costs next to nothing.
  @inlinable @inline(__always)
  mutating func advance() {
    guard added < matrix.quads else { return }
    unsafe rows.add(matrix.weights + added &* matrix.stride, hidden.quad(added))
    added &+= 1
  }

  /// The complete sums.
  @inlinable
  var gates: WideGates<Sums.Units> {
    @inline(__always) get {
      var complete = sums
      complete.addScaled(
        F.self, matrix, matrix.adding(to: rows, from: added, hidden), hidden.scale)
      complete.endVector()
      return complete.gates
    }
  }
}

/// All panels of a layer: pairs, every second step from the last to the first, then an odd last one.
@inlinable @inline(__always)
func stepQuantizedWide<F: FusedMultiplyAdd, Layer: WideLayer>(
  _: F.Type, _: Layer.Type, _ layer: RecurrentLayer<Layer.State.Record>, _ state: Layer.State,
  model: borrowing ModelHandle, stream: borrowing StreamHandle
) where Layer.Pair: QuantizedPanelSums, Layer.Last: QuantizedPanelSums {
  let inputs = QuantizedInputs(F.self, isWide: true, quantizing: state, layer, stream)
  let record = layer.record
  let pairs = (record.hiddenSize &+ 7) &>> 4
  let isBackward = stream.header.parity != 0
  var none = NoWork()
  if pairs > 0 {
    var unit = isBackward ? 16 &* (pairs &- 1) : 0
    var gates = QuantizedGroup<F, Layer.Pair>(
      F.self, record, gates: Layer.gates, unit: unit, inputs, model
    ).gates
    var left = pairs &- 1
    while left > 0 {
      let nextUnit = isBackward ? unit &- 16 : unit &+ 16
      var next = QuantizedGroup<F, Layer.Pair>(
        F.self, record, gates: Layer.gates, unit: nextUnit, inputs, model)
      Layer.step(F.self, gates, state, unit: unit, beside: &next)
      gates = next.gates
      unit = nextUnit
      left &-= 1
    }
    Layer.step(F.self, gates, state, unit: unit, beside: &none)
  }
  if 16 &* pairs < record.hiddenSize {
    let last = QuantizedGroup<F, Layer.Last>(
      F.self, record, gates: Layer.gates, unit: 16 &* pairs, inputs, model)
    Layer.step(F.self, last.gates, state, unit: 16 &* pairs, beside: &none)
  }
}
