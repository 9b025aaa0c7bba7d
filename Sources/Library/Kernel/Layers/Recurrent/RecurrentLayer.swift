// SPDX-License-Identifier: MIT
//
// What the kernels of recurrent layers have in common. A layer has two records, and a state that a
// step reads and writes. Kernels of a batch serve three streams with each weight that they load:
// twelve sums (three streams, four gates), three inputs and a weight fill the sixteen registers of
// x86-64. Kernels of integers round the inputs of a layer to 16 bits first: see `QuantizedVector`.

/// What the records of recurrent kinds have in common.
public protocol RecurrentRecord {
  var inputSize: Int { get }
  var hiddenSize: Int { get }
  /// Of h.
  var outputSize: Int { get }
  /// weight_ih, then weight_hh, as `Panels`. Of integers, the columns of each are padded.
  var weights: Int { get }
  /// As `Panels` of one column.
  var bias: Int { get }
  var quantized: QuantizedRecord { get }
}

/// The two records of a recurrent layer.
@safe @usableFromInline
struct RecurrentLayer<Record: RecurrentRecord> {
  @usableFromInline let layer: RecordHandle<LayerRecord>
  @usableFromInline let recordHandle: RecordHandle<Record>

  @inlinable @inline(__always)
  init(_ layer: RecordHandle<LayerRecord>, model: borrowing ModelHandle) {
    self.layer = layer
    recordHandle = model.record(at: layer.value.record, as: Record.self)
  }

  @inlinable
  var record: Record { @inline(__always) unsafeAddress { unsafe recordHandle.address } }
}

/// What one step of a recurrent layer reads and writes of one stream.
@usableFromInline
protocol RecurrentState {
  associatedtype Record: RecurrentRecord
  var input: UnsafePointer<Float> { get }
  /// The previous h.
  var hidden: UnsafePointer<Float> { get }
  init(
    _ layer: RecurrentLayer<Record>, model: borrowing ModelHandle, stream: borrowing StreamHandle)
}

/// Something of each of three streams.
@usableFromInline
struct Triple<Element> {
  @usableFromInline var a: Element
  @usableFromInline var b: Element
  @usableFromInline var c: Element

  @inlinable @inline(__always)
  init(_ a: Element, _ b: Element, _ c: Element) {
    self.a = a
    self.b = b
    self.c = c
  }
}

extension Batch {
  @inlinable @inline(__always)
  func state<State: RecurrentState>(
    _ member: Int, _ layer: RecurrentLayer<State.Record>, model: borrowing ModelHandle
  ) -> State {
    State(layer, model: model, stream: stream(member))
  }

  /// Of three streams, from `member` on. After the last stream it is repeated, and computed again
  /// from the same values: all three are read before any is written.
  @inlinable @inline(__always)
  func states<State: RecurrentState>(
    _ member: Int, _ layer: RecurrentLayer<State.Record>, model: borrowing ModelHandle
  ) -> Triple<State> {
    Triple(
      state(member, layer, model: model), state(orLast(member &+ 1), layer, model: model),
      state(orLast(member &+ 2), layer, model: model))
  }
}
