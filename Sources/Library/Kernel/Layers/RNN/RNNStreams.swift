// SPDX-License-Identifier: MIT

/// The streams that read each weight once: one, or three of a batch.
@usableFromInline
protocol RNNStreams {
  associatedtype Values: LaneGroup
  /// Element k of the input of each stream, and after `turnToHidden` of its previous h.
  func value(_ k: Int) -> Values
  mutating func turnToHidden()
  /// Writes the new h of eight units.
  func store(_ new: Values, _ unit: Int)
}

/// What one step of one layer reads and writes of one stream.
@unsafe @usableFromInline
struct RNNState: RNNStreams {
  /// [input_size], then as `hidden`.
  @usableFromInline var input: UnsafePointer<Float>
  /// The previous h, [hidden_size].
  @usableFromInline let hidden: UnsafePointer<Float>
  /// The new h, filled up to a multiple of 8; not where `hidden` is.
  @usableFromInline let output: UnsafeMutablePointer<Float>

  @inlinable @inline(__always)
  init(_ layer: RNNLayer, model: borrowing ModelImage, stream: borrowing StreamBlock) {
    unsafe input = UnsafePointer(
      stream.floats(at: model.sources(of: layer.layer).pointee.place))
    unsafe hidden = UnsafePointer(stream.floats(at: layer.record.pointee.hidden))
    unsafe output = stream.floats(at: layer.layer.pointee.output)
  }

  // Safe, here and below: k and unit stay below the sizes of the layer.

  @inlinable @inline(__always)
  func value(_ k: Int) -> LaneSingle { LaneSingle(Lanes(repeating: unsafe input[k])) }

  @inlinable @inline(__always)
  mutating func turnToHidden() { unsafe input = unsafe hidden }

  @inlinable @inline(__always)
  func store(_ new: LaneSingle, _ unit: Int) {
    unsafe LeatKernel.store(new.lanes, output, unit)
  }
}

@unsafe @usableFromInline
struct RNNTriple: RNNStreams {
  @usableFromInline var a: RNNState
  @usableFromInline var b: RNNState
  @usableFromInline var c: RNNState

  @inlinable @inline(__always)
  init(_ a: RNNState, _ b: RNNState, _ c: RNNState) {
    unsafe self.a = a
    unsafe self.b = b
    unsafe self.c = c
  }

  @inlinable @inline(__always)
  func value(_ k: Int) -> LaneTriple {
    unsafe LaneTriple(
      Lanes(repeating: a.input[k]), Lanes(repeating: b.input[k]), Lanes(repeating: c.input[k]))
  }

  @inlinable @inline(__always)
  mutating func turnToHidden() {
    unsafe a.turnToHidden()
    unsafe b.turnToHidden()
    unsafe c.turnToHidden()
  }

  @inlinable @inline(__always)
  func store(_ new: LaneTriple, _ unit: Int) {
    unsafe a.store(new.first, unit)
    unsafe b.store(new.second, unit)
    unsafe c.store(new.third, unit)
  }
}

/// The two records of a layer.
@unsafe @usableFromInline
struct RNNLayer {
  @usableFromInline let layer: UnsafePointer<LayerRecord>
  @usableFromInline let record: UnsafePointer<RNNRecord>

  @inlinable @inline(__always)
  init(_ layer: UnsafePointer<LayerRecord>, model: borrowing ModelImage) {
    unsafe self.layer = layer
    unsafe record = model.record(at: layer.pointee.record, as: RNNRecord.self)
  }
}

extension Batch {
  @inlinable @inline(__always)
  func state(_ member: Int, _ layer: RNNLayer, model: borrowing ModelImage) -> RNNState {
    unsafe RNNState(layer, model: model, stream: stream(member))
  }

  @inlinable @inline(__always)
  func states(_ member: Int, _ layer: RNNLayer, model: borrowing ModelImage) -> RNNTriple {
    unsafe RNNTriple(
      state(member, layer, model: model), state(member &+ 1, layer, model: model),
      state(member &+ 2, layer, model: model))
  }
}
