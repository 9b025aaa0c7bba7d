// SPDX-License-Identifier: MIT

import Glibc

/// Reads decimal numbers as float32, rounded to the nearest, ties to even.
///
/// The result is that of strtof, which would take most of a run's time. So nearly all numbers are
/// computed in a Double, whose error has a known bound; strtof reads those that lie within this
/// bound of the halfway point of two floats.
public enum DecimalReader {
  /// Reads [+-]digits[.digits][e[+-]digits], with digits on at least one side of the point. As with
  /// strtof, too large numbers become infinite, and too small ones 0.
  ///
  /// - Parameter point: the decimal sign
  /// - Returns: nil when the text isn't such a number, or has more after it
  @inline(__always)
  public static func read(
    _ text: UnsafeBufferPointer<UInt8>, point: UInt8 = UInt8(ascii: ".")
  ) -> Float? {
    guard let scanned = unsafe ScannedDecimal(text, point: point) else { return nil }
    if let value = inDouble(scanned) { return scanned.isNegative ? -value : value }
    return unsafe byStrtof(text, point: point)
  }

  /// The nearest float32; nil when that isn't certain.
  ///
  /// The Double results from at most three roundings: of the digits, and of one or two products or
  /// quotients by exact powers of ten. Digits after the nineteenth change it by less than a
  /// thousandth of a rounding. So its distance from the text's number is less than 3.1 · 2^-53 of
  /// its value, which is less than 4 units in its last place. Rounding it again errs only when a
  /// halfway point of float32 lies between the two. Halfway points are the Doubles whose last 29
  /// bits are 2^28.
  @inline(__always)
  private static func inDouble(_ decimal: ScannedDecimal) -> Float? {
    if decimal.digits == 0 { return 0 }
    var value = Double(decimal.digits)
    var power = decimal.exponent
    guard power >= -44 && power <= 44 else { return nil }
    if power < 0 {
      if power < -22 {
        value /= 1e22
        power += 22
      }
      value /= PowersOfTen.exact[-power]
    } else {
      if power > 22 {
        value *= 1e22
        power -= 22
      }
      value *= PowersOfTen.exact[power]
    }
    // Below this range float32 has fewer bits; above it the result may be infinite.
    guard value >= 0x1p-126 && value < 0x1p127 else { return nil }
    let distance = Int(value.bitPattern & 0x1fff_ffff) - 0x1000_0000
    return distance.magnitude <= 4 ? nil : Float(value)
  }

  /// Safe: the text is a number of the grammar above, which strtof reads to its end in the locale
  /// "C", and no program that uses this changes the locale.
  @inline(never)
  private static func byStrtof(_ text: UnsafeBufferPointer<UInt8>, point: UInt8) -> Float {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
      for index in 0..<text.count {
        let byte = unsafe text[index] == point ? UInt8(ascii: ".") : text[index]
        unsafe copy[index] = CChar(bitPattern: byte)
      }
      unsafe copy[text.count] = 0
      return unsafe strtof(copy.baseAddress!, nil)
    }
  }
}
