// SPDX-License-Identifier: MIT

extension Array {
  /// A matrix [rows][columns] as [columns][rows].
  func transposed(rows: Int, columns: Int) -> [Element] {
    // Without elements one of the lengths is 0, and the other may be any number.
    guard !isEmpty else { return [] }
    var result: [Element] = []
    result.reserveCapacity(count)
    for column in 0..<columns {
      for row in 0..<rows { result.append(self[row * columns + column]) }
    }
    return result
  }
}
