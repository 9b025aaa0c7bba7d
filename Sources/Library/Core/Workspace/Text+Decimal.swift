// SPDX-License-Identifier: MIT

extension Text {
  /// The decimal number that the whole text is, as `-0.5`, `3` or `1e-05`: digits, with a point
  /// between two of them, and an exponent. Nil if it is none, has more than 17 digits without
  /// leading zeros, or is not finite.
  var decimal: Double? {
    var reader = DecimalReader(self)
    return reader.read()
  }
}

/// Reads a decimal number. Its digits are an integer, which is multiplied or divided by 10^n, the
/// product of n tens. So numbers of up to 15 digits are rounded correctly if n is at most 22; of
/// others the last bits may be wrong, but are the same on every machine.
private struct DecimalReader {
  private let text: Text
  private var place = 0

  init(_ text: Text) { self.text = text }

  private func digit() -> UInt64? {
    guard place < text.count else { return nil }
    let digit = text.bytes[place] &- UInt8(ascii: "0")
    return digit <= 9 ? UInt64(digit) : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard place < text.count, text.bytes[place] == byte else { return false }
    place += 1
    return true
  }

  mutating func read() -> Double? {
    let isNegative = take(UInt8(ascii: "-"))
    var digits: UInt64 = 0
    var exponent = 0
    guard let whole = readDigits(&digits), whole > 0 else { return nil }
    if take(UInt8(ascii: ".")) {
      guard let fraction = readDigits(&digits), fraction > 0 else { return nil }
      exponent = -fraction
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      let isBelow = take(UInt8(ascii: "-"))
      if !isBelow { _ = take(UInt8(ascii: "+")) }
      var power: UInt64 = 0
      guard let count = readDigits(&power), count > 0, power < 1000 else { return nil }
      exponent += isBelow ? -Int(power) : Int(power)
    }
    guard place == text.count else { return nil }
    let value = DecimalReader.scaled(Double(digits), byTenTo: exponent)
    guard value.isFinite else { return nil }
    return isNegative ? -value : value
  }

  /// Appends the digits that come next, and returns how many there are; nil if the number has too
  /// many.
  private mutating func readDigits(_ value: inout UInt64) -> Int? {
    let start = place
    while let digit = digit() {
      guard value < 10_000_000_000_000_000 else { return nil }
      value = value * 10 + digit
      place += 1
    }
    return place - start
  }

  private static func scaled(_ value: Double, byTenTo exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<min(abs(exponent), 400) { power *= 10 }
    return exponent < 0 ? value / power : value * power
  }
}
