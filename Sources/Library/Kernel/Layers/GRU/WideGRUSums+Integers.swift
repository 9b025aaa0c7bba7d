// SPDX-License-Identifier: MIT

import CVectors

extension GRUPairSums: QuantizedPanelSums {
  @usableFromInline typealias Rows = Beside<Beside<WideByteRows, WideByteRows>, WideByteRows>

  @inlinable @inline(__always)
  mutating func addScaled<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: QuantizedMatrix, _ rows: Rows, _ scale: Float
  ) {
    a = matrix.scaled(F.self, rows.floats(0), 0, scale, plus: a)
    b = matrix.scaled(F.self, rows.floats(1), 1, scale, plus: b)
    c = matrix.scaled(F.self, rows.floats(2), 2, scale, plus: c)
  }
}

extension GRULastSums: QuantizedPanelSums {
  @usableFromInline typealias Rows = Beside<WideByteRows, ByteRows>

  @inlinable @inline(__always)
  mutating func addScaled<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: QuantizedMatrix, _ rows: Rows, _ scale: Float
  ) {
    a = matrix.scaled(F.self, rows.first.floats(0), 0, scale, plus: a)
    let lanes = matrix.scaled(
      F.self, rows.second.sums(0), 2, scale, plus: leat_wide_low_lanes(n.sixteen))
    n = WideLanes(leat_wide_extended(lanes))
  }
}
