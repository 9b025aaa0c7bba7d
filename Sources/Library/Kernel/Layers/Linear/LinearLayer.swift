// SPDX-License-Identifier: MIT
//
// An `nn.Linear` and the activation after it.

/// One step of a linear layer.
@inlinable @inline(__always)
public func stepLinear<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>,
  stream: borrowing StreamBlock
) {
  let matrix = unsafe model.record(at: layer.pointee.record, as: MatrixRecord.self)
  let output = unsafe stream.floats(at: layer.pointee.output)
  unsafe multiplyRows(
    F.self, W.self, model: model, matrix: matrix, from: 0, upTo: matrix.pointee.rows,
    input: stream.floats(at: model.sources(of: layer).pointee.place), output: output)
  unsafe finish(layer, output, stream)
}

/// The same of all streams of a batch, four rows at a time, so that the weights are read once.
@inlinable @inline(__always)
public func stepLinearBatch<F: FusedMultiplyAdd, W: WeightFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>,
  batch: Batch
) {
  let matrix = unsafe model.record(at: layer.pointee.record, as: MatrixRecord.self)
  let source = unsafe model.sources(of: layer).pointee.place
  var row = 0
  while unsafe row < matrix.pointee.rows {
    let end = unsafe min(row &+ 4, matrix.pointee.rows)
    for member in unsafe 0..<batch.count {
      let stream = unsafe batch.stream(member)
      unsafe multiplyRowsApart(
        F.self, W.self, model: model, matrix: matrix, from: row, upTo: end,
        input: stream.floats(at: source), output: stream.floats(at: layer.pointee.output))
    }
    row = end
  }
  for member in unsafe 0..<batch.count {
    let stream = unsafe batch.stream(member)
    unsafe finish(layer, stream.floats(at: layer.pointee.output), stream)
  }
}
