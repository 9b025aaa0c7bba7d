// SPDX-License-Identifier: MIT

/// Where the weights of one panel of 8 units are.
@safe @usableFromInline
struct PanelWeights {
  @usableFromInline let weights: UnsafeRawPointer
  /// Bytes from one column to the next; of integers, from four columns to the next four.
  @usableFromInline let stride: Int
  @usableFromInline let bias: UnsafePointer<Float>
  /// Of the rows of weight_ih, if the weights are integers.
  @usableFromInline let scales: UnsafePointer<Float>
  /// Floats from there to the scales of weight_hh.
  @usableFromInline let scaleStride: Int

  /// The panel that begins with `unit`; `column` is the bytes of one of its columns, or of four.
  @inlinable @inline(__always)
  init(
    _ layer: LSTMRecord, _ type: WeightType, column: Int, unit: Int,
    model: borrowing ModelHandle
  ) {
    let panels = Panels(units: layer.hiddenSize, gates: 4, type: type)
    let panel = unit / 8
    let side = panel & 1
    let together = panels.together(panel)
    stride = column &* together
    let inputs = Panels.padded(layer.inputSize, type)
    let columns = inputs &+ Panels.padded(layer.outputSize, type)
    let start = panels.start(ofPair: panel / 2, columns: columns) &* type.size
    unsafe weights = model.bytes(at: layer.weights) + (start &+ side &* column)
    unsafe bias = model.floats(at: layer.bias) + 32 &* panel
    unsafe scales =
      model.floats(at: layer.quantized.scales) + (128 &* (panel / 2) &+ 32 &* side)
    scaleStride = 32 &* together
  }
}
