// SPDX-License-Identifier: MIT
//
// Activations without parameters, in place, eight values at a time. The values after `count`, up to
// a multiple of eight, stay finite and are no outputs.

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

@inlinable @inline(__always)
public func applyGelu<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  unsafe replaceLanes(values, count: count) { gelu(F.self, LaneSingle($0)).lanes }
}

@inlinable @inline(__always)
public func applyGeluTanh<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  unsafe replaceLanes(values, count: count) { geluTanh(F.self, LaneSingle($0)).lanes }
}

@inlinable @inline(__always)
public func applySilu<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  unsafe replaceLanes(values, count: count) { silu(F.self, LaneSingle($0)).lanes }
}

@inlinable @inline(__always)
public func applySoftsign(_ values: UnsafeMutablePointer<Float>, count: Int) {
  unsafe replaceLanes(values, count: count) { softsign(LaneSingle($0)).lanes }
}

@inlinable @inline(__always)
public func applyHardswish(_ values: UnsafeMutablePointer<Float>, count: Int) {
  unsafe replaceLanes(values, count: count) { hardswish(LaneSingle($0)).lanes }
}
