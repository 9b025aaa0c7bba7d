// SPDX-License-Identifier: MIT

import CLeat
import CVectors

/// The rows of sums of a layer, and what is made of them. The rows of an LSTM are i, f, g and o;
/// those of a GRU are r, z, n, and the product of h for n; an RNN has one.
@safe @usableFromInline
struct GeneralCell {
  @usableFromInline let layer: RecurrentLayer<GeneralRecord>
  @usableFromInline let sums: UnsafeMutablePointer<Float>
  /// Floats of a row.
  @usableFromInline let size: Int
  @usableFromInline let state: UnsafeMutablePointer<Float>
  @usableFromInline let hidden: UnsafePointer<Float>
  @usableFromInline let output: UnsafeMutablePointer<Float>
  /// Rows of i, f and o; nil without peepholes.
  @usableFromInline let peephole: UnsafePointer<Float>?

  @inlinable @inline(__always)
  init(
    _ layer: RecurrentLayer<GeneralRecord>, model: borrowing ModelHandle,
    stream: borrowing StreamHandle
  ) {
    self.layer = layer
    unsafe sums = stream.floats(at: layer.record.sums)
    size = MatrixRecord.padded(layer.record.hiddenSize)
    unsafe state = stream.floats(at: layer.record.cellState)
    unsafe hidden = UnsafePointer(stream.floats(at: layer.record.hidden))
    unsafe output = stream.floats(at: layer.layer.value.output)
    unsafe peephole = layer.record.peephole == 0 ? nil : model.floats(at: layer.record.peephole)
  }

  @inlinable @inline(__always)
  func row(_ index: Int) -> UnsafeMutablePointer<Float> { unsafe sums + index &* size }

  /// Calls `body` for each eight units.
  @inlinable @inline(__always)
  func forEachLanes(_ body: (Int) -> Void) {
    var unit = 0
    while unit < size {
      body(unit)
      unit &+= 8
    }
  }

  /// Writes the biases, with which the sums begin.
  @inlinable @inline(__always)
  func startSums(biases model: borrowing ModelHandle) {
    let rows = layer.record.biasRows
    let panels = Panels(units: layer.record.hiddenSize, gates: rows, type: .float32)
    let bias = unsafe model.floats(at: layer.record.bias)
    forEachLanes { unit in
      let panel = unit / 8
      let start = panels.start(ofPair: panel / 2, columns: 1) &+ panel % 2 &* 8 &* rows
      for index in 0..<rows { unsafe store(load(bias, start &+ 8 &* index), row(index), unit) }
    }
  }

  /// Limits rows to ±clip, if there is a clip, and applies an activation. Values below 2^-60 count
  /// as 0 then. Not inlined, here and below, so that all types of weights share the code; and
  /// generic, so that each set of kernels has its own.
  @inlinable @inline(never)
  func activate<F: FusedMultiplyAdd>(
    _: F.Type, rows: Range<Int>, _ activation: ActivationRecord, _ model: borrowing ModelHandle,
    _ stream: borrowing StreamHandle
  ) {
    let values = unsafe row(rows.lowerBound)
    let count = rows.count &* size
    let clip = layer.record.clip
    if clip < .greatestFiniteMagnitude {
      unsafe replaceLanes(values, count: count) {
        leat_vector_max(leat_vector_min($0, Lanes(repeating: clip)), Lanes(repeating: -clip))
      }
    }
    unsafe activation.apply(to: values, count: count, model, stream)
    unsafe replaceLanes(values, count: count) { flushed($0, Least.cell) }
  }

  // MARK: LSTM

  /// Adds the products of c and a row of peepholes to a row of sums.
  @inlinable @inline(__always)
  func addPeephole<F: FusedMultiplyAdd>(
    _: F.Type, _ index: Int, to values: UnsafeMutablePointer<Float>
  ) {
    guard let peephole = unsafe peephole else { return }
    let weights = unsafe peephole + index &* size
    forEachLanes { unit in
      let cell = unsafe flushed(load(state, unit), Least.value)
      unsafe store(F.fma(load(weights, unit), cell, load(values, unit)), values, unit)
    }
  }

  @inlinable @inline(never)
  func finishLSTM<F: FusedMultiplyAdd>(
    _: F.Type, _ model: borrowing ModelHandle, _ stream: borrowing StreamHandle
  ) {
    unsafe addPeephole(F.self, 0, to: row(0))
    unsafe addPeephole(F.self, 1, to: row(1))
    activate(F.self, rows: 0..<2, layer.record.recurrentActivation, model, stream)
    activate(F.self, rows: 2..<3, layer.record.activation, model, stream)
    forEachLanes { unit in
      let input = unsafe load(row(0), unit)
      let forget =
        layer.record.inputForget ? Lanes(repeating: 1) - input : unsafe load(row(1), unit)
      let addend = unsafe flushed(input * load(row(2), unit), Least.cell)
      let cell = unsafe flushed(F.fma(forget, load(state, unit), addend), Least.cell)
      unsafe store(cell, state, unit)
      unsafe store(cell, row(2), unit)
    }
    unsafe addPeephole(F.self, 2, to: row(3))
    activate(F.self, rows: 3..<4, layer.record.recurrentActivation, model, stream)
    activate(F.self, rows: 2..<3, layer.record.outputActivation, model, stream)
    forEachLanes { unit in
      unsafe store(flushed(load(row(3), unit) * load(row(2), unit), Least.value), output, unit)
    }
  }

  // MARK: GRU

  @inlinable @inline(__always)
  func openGates<F: FusedMultiplyAdd>(
    _: F.Type, _ model: borrowing ModelHandle, _ stream: borrowing StreamHandle
  ) {
    activate(F.self, rows: 0..<2, layer.record.recurrentActivation, model, stream)
  }

  /// n = n + r (W h + b), where the sum in parentheses is the last row.
  @inlinable @inline(__always)
  func multiplyByReset<F: FusedMultiplyAdd>(_: F.Type) {
    forEachLanes { unit in
      let product = unsafe flushed(load(row(3), unit), Least.cell) * load(row(0), unit)
      unsafe store(load(row(2), unit) + flushed(product, Least.cell), row(2), unit)
    }
  }

  /// r h, in the last row.
  @inlinable @inline(__always)
  func resetHidden(_ hidden: UnsafePointer<Float>) -> UnsafePointer<Float> {
    forEachLanes { unit in
      unsafe store(flushed(load(row(0), unit) * load(hidden, unit), Least.value), row(3), unit)
    }
    return unsafe UnsafePointer(row(3))
  }

  /// h' = z h + (1 - z) n
  @inlinable @inline(never)
  func finishGRU<F: FusedMultiplyAdd>(
    _: F.Type, _ model: borrowing ModelHandle, _ stream: borrowing StreamHandle
  ) {
    activate(F.self, rows: 2..<3, layer.record.activation, model, stream)
    forEachLanes { unit in
      let update = unsafe load(row(1), unit)
      let new = unsafe (Lanes(repeating: 1) - update) * load(row(2), unit)
      let sum = unsafe F.fma(update, load(hidden, unit), flushed(new, Least.cell))
      unsafe store(flushed(sum, Least.value), output, unit)
    }
  }

  // MARK: RNN

  @inlinable @inline(never)
  func finishRNN<F: FusedMultiplyAdd>(
    _: F.Type, _ model: borrowing ModelHandle, _ stream: borrowing StreamHandle
  ) {
    activate(F.self, rows: 0..<1, layer.record.activation, model, stream)
    forEachLanes { unit in unsafe store(flushed(load(row(0), unit), Least.value), output, unit) }
  }
}

extension GeneralRecord {
  /// Rows of biases: as many as gates, and one more if n has two sums.
  @inlinable
  var biasRows: Int { cell == .gru ? 4 : cell.gates }
}
