// SPDX-License-Identifier: MIT
//
// The sums of a layer's gates, row by row, in the stream's block. Unlike the kernels of PyTorch's
// cells, which keep the sums of all gates in registers, this works for any number of gates, and
// for a part of them. Each sum has the same order as there.

import CVectors

/// Some gates of one of a layer's two matrices, and where their sums are.
@safe public struct GateMatrix {
  @usableFromInline let panels: Panels
  /// The matrix's first column of the first pair, and the columns of both matrices.
  @usableFromInline let weights: UnsafeRawPointer
  @usableFromInline let firstColumn: Int
  @usableFromInline let columns: Int
  /// Of this matrix.
  @usableFromInline let count: Int
  @usableFromInline let gates: Range<Int>
  /// The row of sums of the last of `gates`; others have the row of their number.
  @usableFromInline let lastRow: Int
  @usableFromInline let sums: UnsafeMutablePointer<Float>
  /// Floats of a row.
  @usableFromInline let rowSize: Int
  /// Of integers: `QuantizedRecord.scales`, and which matrix it is.
  @usableFromInline let scales: UnsafePointer<Float>
  @usableFromInline let part: Int

  /// `part` is 0 for weight_ih, 1 for weight_hh.
  @inlinable @inline(__always)
  init(
    _ layer: RecurrentLayer<GeneralRecord>, part: Int, gates: Range<Int>, lastRow: Int,
    model: borrowing ModelHandle, stream: borrowing StreamHandle
  ) {
    panels = Panels(
      units: layer.record.hiddenSize, gates: layer.record.cell.gates, type: layer.record.type)
    let inputs = Panels.padded(layer.record.inputSize, layer.record.type)
    unsafe weights = model.bytes(at: layer.record.weights)
    firstColumn = part == 0 ? 0 : inputs
    columns = inputs &+ Panels.padded(layer.record.hiddenSize, layer.record.type)
    count = part == 0 ? layer.record.inputSize : layer.record.hiddenSize
    self.gates = gates
    self.lastRow = lastRow
    unsafe sums = stream.floats(at: layer.record.sums)
    rowSize = MatrixRecord.padded(layer.record.hiddenSize)
    unsafe scales = model.floats(at: layer.record.quantized.scales)
    self.part = part
  }

  /// The sums of a gate of the panel that begins with `unit`.
  @inlinable @inline(__always)
  func row(_ gate: Int, _ unit: Int) -> UnsafeMutablePointer<Float> {
    let row = gate &+ 1 == gates.upperBound ? lastRow : gate
    return unsafe sums + (row &* rowSize &+ unit)
  }

  /// The first column of the panels that begin with `unit`, the first of a pair.
  @inlinable @inline(__always)
  func firstColumn(ofPairAt unit: Int) -> UnsafeRawPointer {
    let pair = unit / 16
    let together = panels.together(unit / 8)
    let start = panels.start(ofPair: pair, columns: columns) &* panels.type.size
    let before = firstColumn / panels.type.columnsTogether
    return unsafe weights + (start &+ before &* panels.columnBytes(together: together))
  }
}

/// Weights of gates, of which `addProducts` adds the products with a vector to the sums.
public protocol GateWeights: WeightFormat {
  /// Adds the products of a vector of `matrix.count` floats. Those of integer weights are rounded to
  /// integers of at most `largest`, which are kept at `quantized`.
  static func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: GateMatrix, _ source: UnsafePointer<Float>, largest: Float,
    quantized: UnsafeMutablePointer<Float>)
}

/// Weights of gates that are floats.
public protocol FloatGateWeights: GateWeights {
  /// Eight weights: vector `vector` of a column of panels with so many gates.
  static func load(_ column: UnsafeRawPointer, vector: Int, gates: Int) -> Lanes
}

extension FloatGateWeights {
  @inlinable @inline(__always)
  public static func load(_ column: UnsafeRawPointer, vector: Int, gates: Int) -> Lanes {
    unsafe load(column + vector &* stride)
  }

  /// Not inlined: a step calls it two or three times.
  @inlinable @inline(never)
  public static func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: GateMatrix, _ source: UnsafePointer<Float>, largest: Float,
    quantized: UnsafeMutablePointer<Float>
  ) {
    let gates = matrix.panels.gates
    var unit = 0
    while unit < matrix.panels.units {
      let isPair = unit &+ 8 < matrix.panels.units
      let first = unsafe matrix.firstColumn(ofPairAt: unit)
      let stride = matrix.panels.columnBytes(together: isPair ? 2 : 1)
      for gate in matrix.gates {
        let row = unsafe matrix.row(gate, unit)
        // Two chains: each addition to a sum waits for the one before.
        var low = unsafe LeatKernel.load(row, 0)
        var high = isPair ? unsafe LeatKernel.load(row, 8) : Lanes.zero
        var column = unsafe first
        var k = 0
        while k < matrix.count {
          // Safe: k stays below the source's size, the columns advance in step with it.
          let x = unsafe Lanes(repeating: source[k])
          low = unsafe F.fma(load(column, vector: gate, gates: gates), x, low)
          if isPair {
            high = unsafe F.fma(load(column, vector: gates &+ gate, gates: gates), x, high)
          }
          unsafe column += stride
          k &+= 1
        }
        unsafe store(low, row, 0)
        if isPair { unsafe store(high, row, 8) }
      }
      unit &+= 16
    }
  }
}

extension Float32Weights: FloatGateWeights {}
extension Float16Weights: FloatGateWeights {}

/// Words hold two vectors: see `Panels`.
extension BFloat16Weights: FloatGateWeights {
  @inlinable @inline(__always)
  public static func load(_ column: UnsafeRawPointer, vector: Int, gates: Int) -> Lanes {
    let (index, isHigh) = Panels.halfWord(ofVector: vector, gates: gates)
    let word = unsafe column + 32 &* index
    return isHigh
      ? unsafe leat_vector_from_high_bfloats(word) : unsafe leat_vector_from_low_bfloats(word)
  }
}

extension Int8Weights: GateWeights {
  @inlinable @inline(never)
  public static func addProducts<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: GateMatrix, _ source: UnsafePointer<Float>, largest: Float,
    quantized: UnsafeMutablePointer<Float>
  ) {
    unsafe QuantizedVector.quantize(
      F.self, isWide: false, source, count: matrix.count, largest: largest, to: quantized)
    let values = unsafe QuantizedVector(quantized)
    let gates = matrix.panels.gates
    var unit = 0
    while unit < matrix.panels.units {
      let together = matrix.panels.together(unit / 8)
      let pair = unsafe matrix.firstColumn(ofPairAt: unit & ~15)
      let scaleStride = 8 &* gates &* together
      let before =
        16 &* gates &* (unit / 16) &* QuantizedRecord.columns &+ matrix.part &* scaleStride
      let scales = unsafe matrix.scales + before
      for gate in matrix.gates {
        let vector = unit / 8 % 2 &* gates &+ gate
        let rows = unsafe QuantizedMatrix(
          weights: pair + 32 &* vector, stride: matrix.panels.columnBytes(together: together),
          quads: (matrix.count &+ 3) / 4, scales: scales + 8 &* vector, scaleStride: scaleStride)
        let row = unsafe matrix.row(gate, unit)
        let sum = rows.scaled(
          F.self, rows.sums(F.Integers.Rows8.self, values).sums(0), 0, values.scale,
          plus: unsafe LeatKernel.load(row, 0))
        unsafe store(sum, row, 0)
      }
      unit &+= 8
    }
  }
}
