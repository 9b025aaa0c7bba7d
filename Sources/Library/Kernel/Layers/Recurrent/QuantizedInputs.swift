// SPDX-License-Identifier: MIT

/// The inputs of a layer whose weights are integers: its input and its previous h.
@safe @usableFromInline
struct QuantizedInputs {
  @usableFromInline let input: QuantizedVector
  @usableFromInline let hidden: QuantizedVector

  /// Those that are in the stream.
  @inlinable @inline(__always)
  init(_ record: QuantizedRecord, _ stream: borrowing StreamHandle) {
    unsafe input = QuantizedVector(stream.floats(at: record.input))
    unsafe hidden = QuantizedVector(stream.floats(at: record.hidden))
  }

  /// Rounds the floats of `state`, and writes the integers into the stream.
  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd, State: RecurrentState>(
    _: F.Type, isWide: Bool = false, quantizing state: State, _ layer: RecurrentLayer<State.Record>,
    _ stream: borrowing StreamHandle
  ) {
    let quantized = layer.record.quantized
    unsafe QuantizedVector.quantize(
      F.self, isWide: isWide, state.input, count: layer.record.inputSize,
      largest: quantized.largestInput,
      to: stream.floats(at: quantized.input))
    unsafe QuantizedVector.quantize(
      F.self, isWide: isWide, state.hidden, count: layer.record.outputSize,
      largest: quantized.largestHidden,
      to: stream.floats(at: quantized.hidden))
    self.init(quantized, stream)
  }
}

extension QuantizedInputs {
  /// What weight_ih, part 0, or weight_hh, part 1, is multiplied by.
  @inlinable @inline(__always)
  subscript(part: Int) -> QuantizedVector { part == 0 ? input : hidden }
}

extension Triple where Element == QuantizedInputs {
  @inlinable @inline(__always)
  subscript(part: Int) -> Triple<QuantizedVector> {
    Triple<QuantizedVector>(a[part], b[part], c[part])
  }
}

extension Batch {
  /// Rounds the inputs of all streams.
  @inlinable @inline(__always)
  func quantizeInputs<F: FusedMultiplyAdd, State: RecurrentState>(
    _: F.Type, isWide: Bool = false, _: State.Type, _ layer: RecurrentLayer<State.Record>,
    model: borrowing ModelHandle
  ) {
    for member in 0..<count {
      let state: State = state(member, layer, model: model)
      _ = QuantizedInputs(F.self, isWide: isWide, quantizing: state, layer, stream(member))
    }
  }

  /// The rounded inputs of three streams, from `member` on.
  @inlinable @inline(__always)
  func quantizedInputs(_ member: Int, _ record: QuantizedRecord) -> Triple<QuantizedInputs> {
    Triple(
      QuantizedInputs(record, stream(member)),
      QuantizedInputs(record, stream(orLast(member &+ 1))),
      QuantizedInputs(record, stream(orLast(member &+ 2))))
  }
}
