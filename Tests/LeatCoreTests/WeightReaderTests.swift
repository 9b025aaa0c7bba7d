// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import LeatCore
@testable import LeatSupport

@Suite struct WeightReaderTests {
  @Test("every half-precision number widens as IEEE 754 says")
  func half() {
    var wrong = 0
    for pattern in UInt16.min...UInt16.max {
      let value = WeightReader.widen(pattern)
      let expected = reference(pattern)
      if value.bitPattern != expected.bitPattern && !(value.isNaN && expected.isNaN) { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  private func reference(_ pattern: UInt16) -> Float {
    let sign: Float = pattern >> 15 == 0 ? 1 : -1
    let exponent = Int(pattern >> 10) & 31
    let fraction = Float(pattern & 0x3ff)
    switch exponent {
    case 0: return sign * fraction * Float(sign: .plus, exponent: -24, significand: 1)
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  }
}
