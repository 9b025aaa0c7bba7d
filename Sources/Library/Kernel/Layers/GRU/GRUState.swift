// SPDX-License-Identifier: MIT

/// What one step of a GRU layer reads and writes of one stream.
@safe @usableFromInline
struct GRUState: RecurrentState {
  /// [input_size]
  @usableFromInline let input: UnsafePointer<Float>
  /// The previous h, padded to a multiple of 8, as is `output`.
  @usableFromInline let hidden: UnsafePointer<Float>
  /// The new h. Never at the address of `hidden`.
  @usableFromInline let output: UnsafeMutablePointer<Float>

  @inlinable @inline(__always)
  init(
    _ layer: RecurrentLayer<HiddenStateRecord>, model: borrowing ModelHandle,
    stream: borrowing StreamHandle
  ) {
    unsafe input = stream.input(of: layer.layer, model)
    unsafe hidden = UnsafePointer(stream.floats(at: layer.record.hidden))
    unsafe output = stream.floats(at: layer.layer.value.output)
  }
}

extension Triple where Element == GRUState {
  /// The previous h of eight units of each stream.
  @inlinable @inline(__always)
  func hidden(_ unit: Int) -> LaneTriple {
    unsafe LaneTriple(load(a.hidden, unit), load(b.hidden, unit), load(c.hidden, unit))
  }

  @inlinable @inline(__always)
  func store(_ new: LaneTriple, _ unit: Int) {
    unsafe LeatKernel.store(new.first.lanes, a.output, unit)
    unsafe LeatKernel.store(new.second.lanes, b.output, unit)
    unsafe LeatKernel.store(new.third.lanes, c.output, unit)
  }
}
