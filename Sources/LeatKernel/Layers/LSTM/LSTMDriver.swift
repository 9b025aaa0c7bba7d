// SPDX-License-Identifier: MIT

import CLeat

/// One step of an LSTM layer of one stream: the kernel for its weights, then its projection.
@inlinable @inline(__always)
func stepLSTM(
  _ layer: UnsafePointer<LayerRecord>, model: borrowing ModelImage, stream: borrowing StreamBlock,
  kernels: UnsafePointer<leat_kernels>
) {
  let record = unsafe model.record(at: layer.pointee.record, as: LSTMRecord.self)
  let kernel = unsafe lstmKernel(record.pointee.type, kernels)
  // Safe: a model is made only with the kernels it needs.
  unsafe kernel.step.unsafelyUnwrapped(model.base, layer, stream.base)
  if unsafe record.pointee.projection != 0 {
    let matrix = unsafe model.record(at: record.pointee.projection, as: MatrixRecord.self)
    unsafe multiply(
      matrix, model: model, kernels: kernels, from: 0, upTo: matrix.pointee.rows,
      input: stream.floats(at: record.pointee.unprojected),
      output: stream.floats(at: layer.pointee.output))
  }
}

/// The same of all streams of a batch.
@inlinable @inline(__always)
func stepLSTM(
  _ layer: UnsafePointer<LayerRecord>, model: borrowing ModelImage, batch: Batch,
  kernels: UnsafePointer<leat_kernels>
) {
  let record = unsafe model.record(at: layer.pointee.record, as: LSTMRecord.self)
  let kernel = unsafe lstmKernel(record.pointee.type, kernels)
  // Safe: as above; where there is no kernel for a batch, no batch comes here.
  unsafe kernel.batch.unsafelyUnwrapped(model.base, layer, batch.streams, batch.count)
  guard unsafe record.pointee.projection != 0 else { return }
  // After all panels, which read the whole of the previous h.
  let matrix = unsafe model.record(at: record.pointee.projection, as: MatrixRecord.self)
  var row = 0
  while unsafe row < matrix.pointee.rows {
    let end = unsafe min(row &+ 4, matrix.pointee.rows)
    for member in unsafe 0..<batch.count {
      let stream = unsafe batch.stream(member)
      unsafe multiply(
        matrix, model: model, kernels: kernels, from: row, upTo: end,
        input: stream.floats(at: record.pointee.unprojected),
        output: stream.floats(at: layer.pointee.output))
    }
    row = end
  }
}

@inlinable @inline(__always)
func lstmKernel(_ type: WeightType, _ kernels: UnsafePointer<leat_kernels>) -> leat_kernel {
  switch type {
  case .float32: unsafe kernels.pointee.lstm.f32
  case .float16: unsafe kernels.pointee.lstm.f16
  case .bfloat16: unsafe kernels.pointee.lstm.bf16
  case .int8: unsafe kernels.pointee.lstm.i8
  }
}
