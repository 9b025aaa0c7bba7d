// SPDX-License-Identifier: MIT

import CLeat
import CVectors

extension RecurrentLayer where Record == LSTMRecord {
  /// All rows of the projection, if the layer has one.
  @inlinable @inline(__always)
  func project(_ model: borrowing ModelHandle, _ stream: borrowing StreamHandle) {
    guard record.projection != 0 else { return }
    project(model, stream, from: 0, upTo: record.outputSize)
  }

  /// Rows of the projection, of `nn.LSTM` with `proj_size`. It comes after all panels, since they
  /// read the whole of the previous h.
  @inlinable @inline(__always)
  func project(
    _ model: borrowing ModelHandle, _ stream: borrowing StreamHandle, from first: Int,
    upTo end: Int
  ) {
    let matrix = model.record(at: record.projection, as: MatrixRecord.self)
    let kernels = unsafe stream.header.kernels
    let kernel =
      switch matrix.value.type {
      case .float32: unsafe kernels.pointee.projection.f32
      case .float16: unsafe kernels.pointee.projection.f16
      case .bfloat16: unsafe kernels.pointee.projection.bf16
      case .int8: unsafe kernels.pointee.projection.i8
      }
    let output = unsafe stream.floats(at: layer.value.output)
    // Safe: a model is made only with the kernels that its layers need.
    unsafe kernel.unsafelyUnwrapped(
      model.base, matrix.base, first, end, stream.floats(at: record.unprojected), output)
    unsafe leat_vector_copy(output + first, output + first, end &- first, Least.value)
  }
}

extension Batch {
  /// The projections of all streams, four rows at a time, so that the weights are read once.
  @inlinable @inline(__always)
  func project(_ layer: RecurrentLayer<LSTMRecord>, model: borrowing ModelHandle) {
    guard layer.record.projection != 0 else { return }
    let rows = model.record(at: layer.record.projection, as: MatrixRecord.self).value.rows
    var row = 0
    while row < rows {
      let end = min(row &+ 4, rows)
      for member in 0..<count { layer.project(model, stream(member), from: row, upTo: end) }
      row = end
    }
  }
}
