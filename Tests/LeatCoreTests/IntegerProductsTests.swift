// SPDX-License-Identifier: MIT

import Testing

@testable import LeatKernel

/// The sums of each form, by plain code where this processor has no instruction for them.
@Suite struct IntegerProductsTests {
  /// The sums of sixteen rows of weights in memory.
  private func rows<P: IntegerProducts, Rows: ChainedRows>(
    _: P.Type, _: Rows.Type, _ weights: [[UInt8]], _ inputs: [Int16]
  ) -> Rows {
    let quads = (inputs.count + 3) / 4
    let rows = 8 * Rows.vectors
    var columns = [UInt8](repeating: 0, count: quads * rows * 4)
    for (row, values) in weights.prefix(rows).enumerated() {
      for (column, value) in values.enumerated() {
        columns[column / 4 * rows * 4 + row * 4 + column % 4] = value
      }
    }
    var vector = [UInt8](repeating: 0xaa, count: quads * 8)
    vector.withUnsafeMutableBytes { bytes in
      var column = 0
      while column + 8 <= inputs.count {
        var eight = SIMD8<Int32>()
        for lane in 0..<8 { eight[lane] = Int32(inputs[column + lane]) }
        P.store(bytes.baseAddress! + 2 * column, eight)
        column += 8
      }
      while column < 4 * quads {
        let value = column < inputs.count ? Int32(inputs[column]) : 0
        P.store(bytes.baseAddress! + 2 * (column & ~3), value, at: column & 3)
        column += 1
      }
    }
    let offset = Int32(truncatingIfNeeded: -128 * inputs.reduce(0) { $0 + Int($1) })
    let constants = weights.map { row in
      Int32(truncatingIfNeeded: 128 * row.reduce(0) { $0 + Int($1) })
    }
    var sums = Rows(offset: offset, weights: constants)
    columns.withUnsafeBytes { columns in
      vector.withUnsafeBytes { vector in
        for quad in 0..<quads {
          sums.add(
            columns.baseAddress! + quad * rows * 4, Quad(vector.baseAddress! + 8 * quad))
        }
      }
    }
    return sums
  }

  private func sums<P: IntegerProducts, Rows: IntegerRows>(
    _: P.Type, _: Rows.Type, _ weights: [[UInt8]], _ inputs: [Int16]
  ) -> [Int32] {
    let found = rows(P.self, Rows.self, weights, inputs)
    return (0..<8 * Rows.vectors).map { found.sums($0 / 8)[$0 % 8] }
  }

  private func expectExact<P: IntegerProducts>(
    _: P.Type, _ weights: [[UInt8]], _ inputs: [Int16], _ comment: Comment
  ) {
    let expected = weights.map { row in
      Int32(truncatingIfNeeded: zip(row, inputs).reduce(0) { $0 + (Int($1.0) - 128) * Int($1.1) })
    }
    #expect(sums(P.self, P.Rows16.self, weights, inputs) == expected, comment)
    #expect(sums(P.self, P.Rows8.self, weights, inputs) == Array(expected.prefix(8)), comment)
    guard P.self == BytePairProducts.self else { return }
    let wide = rows(P.self, WideByteRows.self, weights, inputs).floats(0).sixteen
    #expect((0..<16).map { wide[$0] } == expected.map { Float($0) }, comment)
  }

  @Test(
    "every form gives the exact sums, at the limits of inputs and weights too",
    arguments: [1, 2, 3, 4, 5, 7, 8, 9, 16, 27, 64, 513])
  func exact(_ columns: Int) {
    // Those next to where the upper of two signed bytes would leave its range, and the extremes.
    let limits: [Int16] = [
      .max, -.max, .min, 32640, 32639, -32640, -32641, 128, 127, -128, -129, 255, 256, -1, 0,
    ]
    var generator = SplitMix(seed: UInt64(columns))
    for round in 0..<40 {
      let inputs = (0..<columns).map { column in
        round < limits.count
          ? limits[round]
          : generator.next() % 3 == 0
            ? limits[Int(generator.next() % UInt64(limits.count))]
            : Int16(truncatingIfNeeded: generator.next())
      }
      let weights = (0..<16).map { row in
        (0..<columns).map { _ in
          row == 0
            ? 0 : row == 1 ? 255 : row == 2 ? 128 : UInt8(truncatingIfNeeded: generator.next())
        }
      }
      expectExact(WordProducts.self, weights, inputs, "pairs, round \(round)")
      expectExact(ByteProducts.self, weights, inputs, "bytes, round \(round)")
      expectExact(BytePairProducts.self, weights, inputs, "bytes of pairs, round \(round)")
    }
  }
}
