// SPDX-License-Identifier: MIT
//
// The kernels of activations: in place, eight values at a time. What is in the last eight after
// `count` stays finite and is never read as an output.

import CVectors

@inlinable @inline(__always)
public func applyRelu(_ values: UnsafeMutablePointer<Float>, count: Int) {
  var j = 0
  while j < count {
    let value = unsafe load(values, j)
    unsafe store(Lanes.zero.replacing(with: value, where: value .> .zero), values, j)
    j &+= 8
  }
}

@inlinable @inline(__always)
public func applySigmoid<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  var j = 0
  while j < count {
    unsafe store(sigmoid(F.self, LaneSingle(load(values, j))).lanes, values, j)
    j &+= 8
  }
}

@inlinable @inline(__always)
public func applyTanh<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  var j = 0
  while j < count {
    unsafe store(hyperbolicTangent(F.self, LaneSingle(load(values, j))).lanes, values, j)
    j &+= 8
  }
}

/// e^(x - max) / Σ e^(x - max), the sum taken from the first to the last.
@inlinable @inline(__always)
public func applySoftmax<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  var largest = unsafe values[0]
  var j = 1
  while j < count {
    let value = unsafe values[j]
    if value > largest { largest = value }
    j &+= 1
  }
  j = 0
  while j < count {
    // What is after `count` may be larger than the largest; it comes to 1 and isn't read.
    unsafe store(
      exponential(F.self, LaneSingle(load(values, j) - Lanes(repeating: largest))).lanes, values, j)
    j &+= 8
  }
  var total: Float = 0
  j = 0
  while j < count {
    unsafe total += values[j]
    j &+= 1
  }
  j = 0
  while j < count {
    unsafe store(load(values, j) / Lanes(repeating: total), values, j)
    j &+= 8
  }
}
