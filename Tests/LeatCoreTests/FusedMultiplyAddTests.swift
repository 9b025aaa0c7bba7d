// SPDX-License-Identifier: MIT

import Testing

@testable import LeatKernel

/// The software's fused multiply-add against the processor's, bit for bit.
@Suite struct FusedMultiplyAddTests {
  private func check(_ a: Float, _ b: Float, _ c: Float) -> Bool {
    let software = SoftwareFMA.fma(Lanes(repeating: a), Lanes(repeating: b), Lanes(repeating: c))[0]
    let exact = c.addingProduct(a, b)
    return software.bitPattern == exact.bitPattern || (software.isNaN && exact.isNaN)
  }

  @Test("random floats of any exponent are rounded once")
  func random() {
    var generator = SplitMix(seed: 1)
    var wrong = 0
    for _ in 0..<500_000 {
      let a = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      let b = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      let c = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      if !check(a, b, c) { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test("sums that nearly cancel, and ties, are rounded once")
  func close() {
    var generator = SplitMix(seed: 2)
    var wrong = 0
    for _ in 0..<500_000 {
      let a = generator.float(in: 1..<2)
      let b = generator.float(in: 1..<2)
      let steps = Int(generator.next() % 9) - 4
      var c = -(a * b)
      for _ in 0..<abs(steps) { c = steps < 0 ? c.nextDown : c.nextUp }
      // Far below the product's last bit: what a second rounding would get wrong.
      let tiny = Float(
        sign: generator.next() % 2 == 0 ? .plus : .minus, exponent: -40, significand: 1)
      if !check(a, b, c) || !check(a, b, tiny) || !check(1 + 0x1p-23, 1 + 0x1p-23, tiny) {
        wrong += 1
      }
    }
    #expect(wrong == 0)
  }

  @Test("zeros keep their sign, subnormals their bits, infinities stay")
  func special() {
    let values: [Float] = [
      0, -0.0, 1, -1, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude,
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0x1p-75, 0x1p-74, .infinity, -.infinity,
      1.5, 0x1.fffffep-64,
    ]
    for a in values {
      for b in values {
        for c in values { #expect(check(a, b, c), "\(a) * \(b) + \(c)") }
      }
    }
  }
}
