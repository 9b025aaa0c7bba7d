// SPDX-License-Identifier: MIT

import CLeat
import CVectors

/// What one step of an LSTM layer reads and writes of one stream.
@safe @usableFromInline
struct LSTMState: RecurrentState {
  /// [input_size]
  @usableFromInline let input: UnsafePointer<Float>
  /// The previous h, [output_size].
  @usableFromInline let hidden: UnsafePointer<Float>
  /// [hidden_size], padded to a multiple of 8, as is `output`.
  @usableFromInline let cell: UnsafeMutablePointer<Float>
  /// o tanh(c'), before a projection. Never at the address of `hidden`.
  @usableFromInline let output: UnsafeMutablePointer<Float>

  @inlinable @inline(__always)
  init(
    _ layer: RecurrentLayer<LSTMRecord>, model: borrowing ModelHandle,
    stream: borrowing StreamHandle
  ) {
    unsafe input = stream.input(of: layer.layer, model)
    unsafe hidden = UnsafePointer(stream.floats(at: layer.record.hidden))
    unsafe cell = stream.floats(at: layer.record.cell)
    unsafe output =
      layer.record.projection != 0
      ? stream.floats(at: layer.record.unprojected)
      : stream.floats(at: layer.layer.value.output)
  }
}

extension Triple where Element == LSTMState {
  @inlinable @inline(__always)
  func cells(_ unit: Int) -> LaneTriple {
    unsafe LaneTriple(load(a.cell, unit), load(b.cell, unit), load(c.cell, unit))
  }

  @inlinable @inline(__always)
  func store(_ new: (cell: LaneTriple, hidden: LaneTriple), _ unit: Int) {
    unsafe LeatKernel.store(new.cell.first.lanes, a.cell, unit)
    unsafe LeatKernel.store(new.cell.second.lanes, b.cell, unit)
    unsafe LeatKernel.store(new.cell.third.lanes, c.cell, unit)
    unsafe LeatKernel.store(new.hidden.first.lanes, a.output, unit)
    unsafe LeatKernel.store(new.hidden.second.lanes, b.output, unit)
    unsafe LeatKernel.store(new.hidden.third.lanes, c.output, unit)
  }
}
