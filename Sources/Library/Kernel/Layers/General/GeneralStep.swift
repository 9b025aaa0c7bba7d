// SPDX-License-Identifier: MIT
//
// A step of a recurrent layer whose cell isn't PyTorch's default: with peepholes, a clip, coupled
// gates, other activations, or a reset gate that acts before its product. The sums of all gates are
// in the stream's block, where the activations' own kernels find them. So one kernel for each type
// of weights serves every cell; it is slower than the kernels of PyTorch's.
//
// No operation meets a subnormal number. Sums are 0 or at least 2^-126; what an activation makes of
// them counts as 0 below 2^-60, and so do products of two such values. Only c that is at least
// 2^-40 is multiplied by a peephole.

/// A step of the layer.
@inlinable @inline(__always)
public func stepGeneral<F: FusedMultiplyAdd, W: GateWeights>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let layer = RecurrentLayer<GeneralRecord>(layer, model: model)
  let cell = GeneralCell(layer, model: model, stream: stream)
  let gates = layer.record.cell.gates
  cell.startSums(biases: model)
  let inputs = GateMatrix(
    layer, part: 0, gates: 0..<gates, lastRow: gates &- 1, model: model, stream: stream)
  unsafe W.addProducts(
    F.self, inputs, stream.input(of: layer.layer, model),
    largest: layer.record.quantized.largestInput,
    quantized: stream.floats(at: layer.record.quantized.input))
  func addHidden(_ gates: Range<Int>, lastRow: Int, _ source: UnsafePointer<Float>) {
    let hidden = GateMatrix(
      layer, part: 1, gates: gates, lastRow: lastRow, model: model, stream: stream)
    unsafe W.addProducts(
      F.self, hidden, source, largest: layer.record.quantized.largestHidden,
      quantized: stream.floats(at: layer.record.quantized.hidden))
  }
  let previous = unsafe UnsafePointer(stream.floats(at: layer.record.hidden))
  switch layer.record.cell {
  case .lstm:
    unsafe addHidden(0..<4, lastRow: 3, previous)
    cell.finishLSTM(F.self, model, stream)
  case .rnn:
    unsafe addHidden(0..<1, lastRow: 0, previous)
    cell.finishRNN(F.self, model, stream)
  case .gru:
    unsafe addHidden(0..<3, lastRow: 3, previous)
    cell.openGates(F.self, model, stream)
    cell.multiplyByReset(F.self)
    cell.finishGRU(F.self, model, stream)
  case .gruResetBefore:
    unsafe addHidden(0..<2, lastRow: 1, previous)
    cell.openGates(F.self, model, stream)
    let reset = unsafe cell.resetHidden(previous)
    unsafe addHidden(2..<3, lastRow: 2, reset)
    cell.finishGRU(F.self, model, stream)
  }
}
