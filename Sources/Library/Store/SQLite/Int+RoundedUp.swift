// SPDX-License-Identifier: MIT

extension Int {
  /// The least multiple of `unit` that is not below this number. Both are sizes, so neither is
  /// negative.
  func roundedUp(toMultipleOf unit: Int) -> Int { (self + unit - 1) / unit * unit }
}
