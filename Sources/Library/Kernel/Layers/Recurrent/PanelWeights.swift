// SPDX-License-Identifier: MIT

/// Where the weights of one panel of 8 units are.
@safe @usableFromInline
struct PanelWeights {
  @usableFromInline let weights: UnsafeRawPointer
  /// Bytes from one column to the next; of integers, from four columns to the next four.
  @usableFromInline let stride: Int
  @usableFromInline let bias: UnsafePointer<Float>
  /// If the weights are integers: what rows have besides, a column of `QuantizedRecord.scales`.
  @usableFromInline let scales: UnsafePointer<Float>
  /// Floats from one such column to the next.
  @usableFromInline let scaleStride: Int

  /// The panel that begins with `unit`, of a layer with `gates` gates.
  @inlinable @inline(__always)
  init<Record: RecurrentRecord>(
    _ layer: Record, _ type: WeightType, gates: Int, unit: Int, model: borrowing ModelHandle
  ) {
    let panels = Panels(units: layer.hiddenSize, gates: gates, type: type)
    let panel = unit / 8
    let side = panel & 1
    let together = panels.together(panel)
    stride = panels.columnBytes(together: together)
    let inputs = Panels.padded(layer.inputSize, type)
    let columns = inputs &+ Panels.padded(layer.outputSize, type)
    let start = panels.start(ofPair: panel / 2, columns: columns) &* type.size
    unsafe weights =
      model.bytes(at: layer.weights) + (start &+ side &* panels.bytesToSecondPanel)
    unsafe bias = model.floats(at: layer.bias) + 32 &* panel
    unsafe scales =
      model.floats(at: layer.quantized.scales)
      + 8 &* gates &* (2 &* QuantizedRecord.columns &* (panel / 2) &+ side)
    scaleStride = 8 &* gates &* together
  }
}
