// SPDX-License-Identifier: MIT

/// Writes a float32 as the shortest text that reads back to its bits, in the layout of printf's %g:
/// 0.25, -1e-07, 16777216.
public struct DecimalWriter {
  /// The most bytes of one number.
  public static let capacity = 16

  private let shortest = ShortestDigits()
  /// The decimal sign.
  private let point: UInt8

  public init(point: UInt8 = UInt8(ascii: ".")) { self.point = point }

  /// - Parameter text: has room for `capacity` bytes
  /// - Returns: how many it wrote
  @inline(__always)
  public func write(_ value: Float, to text: UnsafeMutablePointer<UInt8>) -> Int {
    var length = 0
    if value.sign == .minus {
      unsafe text[0] = UInt8(ascii: "-")
      length = 1
    }
    let magnitude = value.magnitude
    guard magnitude > 0, magnitude.isFinite else {
      return unsafe length
        + special(magnitude == 0 ? "0" : magnitude.isNaN ? "nan" : "inf", text + length)
    }
    var (digits, exponent) = shortest.decimal(of: magnitude)
    while true {
      let (tenth, last) = digits.quotientAndRemainder(dividingBy: 10)
      guard last == 0 else { break }
      (digits, exponent) = (tenth, exponent + 1)
    }
    let count = digitCount(digits)
    let place = count + exponent  // the point's index, counted from the first digit
    switch place {
    case -3...0:
      unsafe text[length] = UInt8(ascii: "0")
      unsafe text[length + 1] = point
      for index in 0..<(-place) { unsafe text[length + 2 + index] = UInt8(ascii: "0") }
      unsafe put(digits, count, at: text + length + 2 - place)
      return length + 2 - place + count
    case 1...9 where exponent >= 0:
      unsafe put(digits, count, at: text + length)
      for index in 0..<exponent { unsafe text[length + count + index] = UInt8(ascii: "0") }
      return length + place
    case 1...9:
      unsafe put(digits, count, at: text + length + 1)
      for index in length..<(length + place) { unsafe text[index] = text[index + 1] }
      unsafe text[length + place] = point
      return length + count + 1
    default:
      return unsafe length + scientific(digits, count, exponent: place - 1, text + length)
    }
  }

  private func special(_ name: StaticString, _ text: UnsafeMutablePointer<UInt8>) -> Int {
    for index in 0..<name.utf8CodeUnitCount { unsafe text[index] = name.utf8Start[index] }
    return name.utf8CodeUnitCount
  }

  private func scientific(
    _ digits: UInt32, _ count: Int, exponent: Int, _ text: UnsafeMutablePointer<UInt8>
  ) -> Int {
    unsafe put(digits, count, at: text + 1)
    unsafe text[0] = text[1]
    var length = 1
    if count > 1 {
      unsafe text[1] = point
      length = count + 1
    }
    unsafe text[length] = UInt8(ascii: "e")
    unsafe text[length + 1] = UInt8(ascii: exponent < 0 ? "-" : "+")
    unsafe put(UInt32(exponent.magnitude), 2, at: text + length + 2)
    return length + 4
  }

  /// Of at most 9 digits.
  @inline(__always)
  private func digitCount(_ value: UInt32) -> Int {
    if value >= 10_000_000 { return value >= 100_000_000 ? 9 : 8 }
    if value >= 10_000 { return value >= 1_000_000 ? 7 : value >= 100_000 ? 6 : 5 }
    return value >= 1000 ? 4 : value >= 100 ? 3 : value >= 10 ? 2 : 1
  }

  @inline(__always)
  private func put(_ value: UInt32, _ count: Int, at text: UnsafeMutablePointer<UInt8>) {
    var rest = value
    var index = count
    while index > 0 {
      index &-= 1
      let (tenth, last) = rest.quotientAndRemainder(dividingBy: 10)
      unsafe text[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: last)
      rest = tenth
    }
  }
}
