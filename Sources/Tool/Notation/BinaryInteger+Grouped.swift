// SPDX-License-Identifier: MIT

extension BinaryInteger {
  /// The digits in groups of three: 1234567 as 1,234,567.
  public func grouped(minus: String = "-") -> String {
    let digits = String(magnitude)
    var result = self < 0 ? minus : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }
}
