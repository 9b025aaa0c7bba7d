// SPDX-License-Identifier: MIT

extension Int {
  /// The least multiple of `unit`, a power of two, that is not below the number.
  @inlinable @inline(__always)
  public func roundedUp(toMultipleOf unit: Int) -> Int {
    // Safe: sizes are far below the greatest number, or were checked.
    (self &+ unit &- 1) & ~(unit &- 1)
  }
}
