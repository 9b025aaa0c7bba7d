// SPDX-License-Identifier: MIT

import LeatSupport
import LeatKernel

/// Writes a model's block, which is zero before. The padding of panels and rows stays zero.
@safe struct BlockWriter {
  private let base: UnsafeMutableRawPointer

  init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

  // Safe, here and below: offsets come from the planner, which sized the block for them.

  func writeRecord<Record>(_ record: Record, at offset: Int) {
    unsafe (base + offset).assumingMemoryBound(to: Record.self).initialize(to: record)
  }

  /// A float of an array.
  @inline(__always)
  func writeFloat(_ value: Float, at offset: Int, _ element: Int) {
    unsafe base.storeBytes(of: value, toByteOffset: offset &+ 4 &* element, as: Float.self)
  }

  @inline(__always)
  func writeInteger(_ value: Int32, at offset: Int, _ element: Int) {
    unsafe base.storeBytes(of: value, toByteOffset: offset &+ 4 &* element, as: Int32.self)
  }

  func writeBias(_ bias: WeightReader, count: Int, at offset: Int) {
    for element in 0..<count {
      writeFloat(bias.flushed(element, below: Least.bias), at: offset, element)
    }
  }

  /// A matrix row by row, each padded to a multiple of 8.
  func writeMatrix(_ file: borrowing Safetensors, _ tensor: TensorIndex, _ matrix: MatrixRecord) {
    let source = WeightReader(file, tensor)
    let stride = MatrixRecord.padded(matrix.columns)
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns {
        copyWeight(
          source, row &* matrix.columns &+ column, as: matrix.type, to: matrix.weights,
          row &* stride &+ column)
      }
      if matrix.type == .int8 {
        writeFloat(source.scale(ofRow: row).flushed(below: Least.value), at: matrix.scales, row)
      }
    }
  }

  /// Copies a weight of a recurrent layer, as `copyWeight` does, but an integer q as q + 128: see
  /// `Panels`.
  @inline(__always)
  func copyPanelWeight(
    _ source: WeightReader, _ index: Int, as type: WeightType, to offset: Int, _ place: Int
  ) {
    guard type == .int8 else { return copyWeight(source, index, as: type, to: offset, place) }
    let biased = UInt8(bitPattern: source.integer(index)) ^ 0x80
    unsafe base.storeBytes(of: biased, toByteOffset: offset &+ place, as: UInt8.self)
  }

  /// Copies a weight, flushed to zero, to element `place` of the array at `offset`.
  @inline(__always)
  func copyWeight(
    _ source: WeightReader, _ index: Int, as type: WeightType, to offset: Int, _ place: Int
  ) {
    let matrix = unsafe base + offset
    switch type {
    case .float32:
      unsafe matrix.storeBytes(
        of: source.flushed(index, below: Least.value), toByteOffset: 4 &* place, as: Float.self)
    case .float16, .bfloat16:
      let half = source[index].magnitude >= Least.value ? source.half(index) : 0
      unsafe matrix.storeBytes(of: half, toByteOffset: 2 &* place, as: UInt16.self)
    case .int8:
      unsafe matrix.storeBytes(of: source.integer(index), toByteOffset: place, as: Int8.self)
    }
  }
}
