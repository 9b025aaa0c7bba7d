// SPDX-License-Identifier: MIT

extension LSTMPairSums: QuantizedPanelSums {
  @usableFromInline typealias Rows = Beside<LSTMLastSums.Rows, LSTMLastSums.Rows>

  @inlinable @inline(__always)
  mutating func addScaled<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: QuantizedMatrix, _ rows: Rows, _ scale: Float
  ) {
    a = matrix.scaled(F.self, rows.floats(0), 0, scale, plus: a)
    b = matrix.scaled(F.self, rows.floats(1), 1, scale, plus: b)
    c = matrix.scaled(F.self, rows.floats(2), 2, scale, plus: c)
    d = matrix.scaled(F.self, rows.floats(3), 3, scale, plus: d)
  }
}

extension LSTMLastSums: QuantizedPanelSums {
  @usableFromInline typealias Rows = Beside<WideByteRows, WideByteRows>

  @inlinable @inline(__always)
  mutating func addScaled<F: FusedMultiplyAdd>(
    _: F.Type, _ matrix: QuantizedMatrix, _ rows: Rows, _ scale: Float
  ) {
    a = matrix.scaled(F.self, rows.floats(0), 0, scale, plus: a)
    b = matrix.scaled(F.self, rows.floats(1), 1, scale, plus: b)
  }
}
