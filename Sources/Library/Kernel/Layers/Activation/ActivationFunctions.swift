// SPDX-License-Identifier: MIT
//
// The functions of activations, in place, eight values at a time. The values after `count`, up to a
// multiple of eight, stay finite and are no outputs.

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
    unsafe store(tanh(F.self, LaneSingle(load(values, j))).lanes, values, j)
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
    // A value after `count` may be larger than `largest`: its result is 1, and isn't read.
    unsafe store(
      exp(F.self, LaneSingle(load(values, j) - Lanes(repeating: largest))).lanes, values, j)
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
