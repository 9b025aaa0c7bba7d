// SPDX-License-Identifier: MIT
//
// One step of one layer, as PyTorch's `nn.Linear` defines it, y = W x + b, and the activation after
// it. Every row has its sum in one order: see `multiplyRows`.

/// A step of a linear layer.
@inlinable @inline(__always)
public func stepLinear<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let matrix = model.record(at: layer.value.record, as: MatrixRecord.self)
  let output = unsafe stream.floats(at: layer.value.output)
  unsafe multiplyRows(
    F.self, W.self, model: model, matrix: matrix, from: 0, upTo: matrix.value.rows,
    input: stream.input(of: layer, model), output: output)
  if layer.value.activation.activation != .none || layer.value.isRead {
    unsafe finishOutputShared(F.self, model, layer, output, stream)
  }
}

/// `stepLinear` for all streams of a batch, four rows at a time, so that the weights are read once.
@inlinable @inline(__always)
public func stepLinearBatch<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  batch: Batch
) {
  let matrix = model.record(at: layer.value.record, as: MatrixRecord.self)
  let source = model.source(of: layer).place
  var row = 0
  while row < matrix.value.rows {
    let end = min(row &+ 4, matrix.value.rows)
    for member in 0..<batch.count {
      let stream = batch.stream(member)
      unsafe multiplyRowsShared(
        F.self, W.self, model: model, matrix: matrix, from: row, upTo: end,
        input: stream.floats(at: source), output: stream.floats(at: layer.value.output))
    }
    row = end
  }
  for member in 0..<batch.count {
    let stream = batch.stream(member)
    unsafe finishOutputShared(
      F.self, model, layer, stream.floats(at: layer.value.output), stream)
  }
}
