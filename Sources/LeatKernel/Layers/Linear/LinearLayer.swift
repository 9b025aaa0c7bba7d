// SPDX-License-Identifier: MIT
//
// An `nn.Linear` and the activation after it.

import CLeat

/// One step of a linear layer of one stream.
@inlinable @inline(__always)
func stepLinear<F: FusedMultiplyAdd>(
  _: F.Type, _ layer: UnsafePointer<LayerRecord>, model: borrowing ModelImage,
  stream: borrowing StreamBlock, kernels: UnsafePointer<leat_kernels>
) {
  let matrix = unsafe model.record(at: layer.pointee.record, as: MatrixRecord.self)
  let input = unsafe stream.floats(at: model.sources(of: layer).pointee.place)
  let output = unsafe stream.floats(at: layer.pointee.output)
  if unsafe matrix.pointee.type == .float32, unsafe matrix.pointee.rows == 1 {
    // A head of one output waits for the layer before and nothing else: no call.
    unsafe output[0] = multiplyRow(F.self, matrix, model, input)
  } else {
    unsafe multiply(
      matrix, model: model, kernels: kernels, from: 0, upTo: matrix.pointee.rows, input: input,
      output: output)
  }
  unsafe finish(layer, output, kernels: kernels)
}

/// The same of all streams of a batch: four rows at a time, so that the weights are read once.
@inlinable @inline(__always)
func stepLinear(
  _ layer: UnsafePointer<LayerRecord>, model: borrowing ModelImage, batch: Batch,
  kernels: UnsafePointer<leat_kernels>
) {
  let matrix = unsafe model.record(at: layer.pointee.record, as: MatrixRecord.self)
  let source = unsafe model.sources(of: layer).pointee.place
  var row = 0
  while unsafe row < matrix.pointee.rows {
    let end = unsafe min(row &+ 4, matrix.pointee.rows)
    for member in unsafe 0..<batch.count {
      let stream = unsafe batch.stream(member)
      unsafe multiply(
        matrix, model: model, kernels: kernels, from: row, upTo: end,
        input: stream.floats(at: source), output: stream.floats(at: layer.pointee.output))
    }
    row = end
  }
  for member in unsafe 0..<batch.count {
    unsafe finish(
      layer, batch.stream(member).floats(at: layer.pointee.output), kernels: kernels)
  }
}
