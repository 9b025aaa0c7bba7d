// SPDX-License-Identifier: MIT

/// The streams that a weight serves when it is loaded: one, or three of a batch.
@usableFromInline
protocol RNNStreams {
  associatedtype Values: LaneGroup where Values.Vector == Lanes
  /// Element k of the input of each stream; after `moveToHidden`, of its previous h.
  func value(_ k: Int) -> Values
  mutating func moveToHidden()
  /// Writes the new h of eight units.
  func store(_ new: Values, _ unit: Int)
}

@safe @usableFromInline
struct RNNState: RNNStreams, RecurrentState {
  /// [input_size], then as `hidden`.
  @usableFromInline var input: UnsafePointer<Float>
  /// The previous h, [hidden_size].
  @usableFromInline let hidden: UnsafePointer<Float>
  /// The new h, padded to a multiple of 8. Never at the address of `hidden`.
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

  // Safe, here and below: k and unit stay below the sizes of the layer.

  @inlinable @inline(__always)
  func value(_ k: Int) -> LaneSingle { LaneSingle(Lanes(repeating: unsafe input[k])) }

  @inlinable @inline(__always)
  mutating func moveToHidden() { unsafe input = unsafe hidden }

  @inlinable @inline(__always)
  func store(_ new: LaneSingle, _ unit: Int) {
    unsafe LeatKernel.store(new.lanes, output, unit)
  }
}

extension Triple: RNNStreams where Element == RNNState {
  @inlinable @inline(__always)
  func value(_ k: Int) -> LaneTriple {
    unsafe LaneTriple(
      Lanes(repeating: a.input[k]), Lanes(repeating: b.input[k]), Lanes(repeating: c.input[k]))
  }

  @inlinable @inline(__always)
  mutating func moveToHidden() {
    a.moveToHidden()
    b.moveToHidden()
    c.moveToHidden()
  }

  @inlinable @inline(__always)
  func store(_ new: LaneTriple, _ unit: Int) {
    a.store(new.first, unit)
    b.store(new.second, unit)
    c.store(new.third, unit)
  }
}
