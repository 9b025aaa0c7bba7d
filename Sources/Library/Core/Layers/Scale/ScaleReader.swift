// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Reads the constants of a `ScalePlan`.
struct ScaleReader {
  private let plan: ScalePlan
  private let means, variances, factors, shifts: WeightReader?

  init(_ plan: ScalePlan, _ file: borrowing Safetensors) {
    self.plan = plan
    means = plan.mean.isPresent ? WeightReader(file, plan.mean) : nil
    variances = plan.variance.isPresent ? WeightReader(file, plan.variance) : nil
    factors = plan.factor.isPresent ? WeightReader(file, plan.factor) : nil
    shifts = plan.shift.isPresent ? WeightReader(file, plan.shift) : nil
  }

  func mean(_ element: Int) -> Float { value(means, element) ?? 0 }

  func shift(_ element: Int) -> Float { value(shifts, element) ?? 0 }

  func factor(_ element: Int, _ file: borrowing Safetensors) throws(Failure) -> Double {
    let factor = Double(value(factors, element) ?? 1)
    guard let variance = value(variances, element) else {
      guard factor == 0 || factor.magnitude >= Double(Least.value) else {
        throw file.failure(
          plan.factor.index,
          "element \(element) is \(Float(factor)), expected 0 or a magnitude of at least \(Least.value): smaller ones count as 0",
          code: LEAT_E_UNSUPPORTED)
      }
      return factor
    }
    let sum = Double(variance) + plan.epsilon
    guard variance >= 0, sum >= 0x1p-200 else {
      throw file.failure(
        plan.variance.index,
        "element \(element) is \(variance), expected at least 0, and more than 0 together with eps")
    }
    return factor * reciprocalOfRoot(sum)
  }

  private func value(_ reader: WeightReader?, _ element: Int) -> Float? {
    reader?.forEach(element)
  }

  /// 1 / √x within about 1 ulp of a double, for a normal x. Not `squareRoot()`, which calls libm
  /// where the processor has no instruction.
  private func reciprocalOfRoot(_ x: Double) -> Double {
    // The first guess is within 4 % (C. Lomont, "Fast Inverse Square Root", 2003); each of Newton's
    // steps squares the error.
    var y = Double(bitPattern: 0x5fe6_eb50_c7b5_37a9 &- x.bitPattern >> 1)
    for _ in 0..<5 { y += y * (0.5 - 0.5 * x * y * y) }
    return y
  }
}
