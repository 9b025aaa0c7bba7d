// SPDX-License-Identifier: MIT
//
// The functions of activations, in place, eight values at a time. The values after `count`, up to a
// multiple of eight, stay finite and are no outputs.

/// Replaces eight values at a time.
@inlinable @inline(__always)
func replaceLanes(
  _ values: UnsafeMutablePointer<Float>, count: Int, _ body: (Lanes) -> Lanes
) {
  var j = 0
  while j < count {
    unsafe store(body(load(values, j)), values, j)
    j &+= 8
  }
}

@inlinable @inline(__always)
public func applyRelu(_ values: UnsafeMutablePointer<Float>, count: Int) {
  unsafe replaceLanes(values, count: count) {
    Lanes.zero.replacing(with: $0, where: $0 .> .zero)
  }
}

@inlinable @inline(__always)
public func applySigmoid<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  unsafe replaceLanes(values, count: count) { sigmoid(F.self, LaneSingle($0)).lanes }
}

@inlinable @inline(__always)
public func applyTanh<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  unsafe replaceLanes(values, count: count) { tanh(F.self, LaneSingle($0)).lanes }
}

/// e^(x - max) / Σ e^(x - max). The sum is taken from the first value to the last.
@inlinable @inline(__always)
public func applySoftmax<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  var largest = unsafe values[0]
  for j in 1..<max(count, 1) {
    let value = unsafe values[j]
    if value > largest { largest = value }
  }
  // A value after `count` may be larger than `largest`: its result is 1, and isn't read.
  unsafe replaceLanes(values, count: count) {
    exp(F.self, LaneSingle($0 - Lanes(repeating: largest))).lanes
  }
  var total: Float = 0
  for j in 0..<count { unsafe total += values[j] }
  unsafe replaceLanes(values, count: count) { $0 / Lanes(repeating: total) }
}
