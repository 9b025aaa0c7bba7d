// SPDX-License-Identifier: MIT
//
// Activations with parameters, in place. As with weights and biases, parameters that multiply count
// as 0 below `Least.value`, those that are added below `Least.bias`. That no product overflows is
// checked when a model is loaded.

/// parameters: slope
@inlinable @inline(__always)
public func applyLeakyRelu(
  _ values: UnsafeMutablePointer<Float>, count: Int, _ parameters: UnsafePointer<Float>
) {
  let slope = unsafe LaneSingle(repeating: parameters[0].flushed(below: Least.value))
  unsafe replaceLanes(values, count: count) { leakyRelu(LaneSingle($0), slope: slope).lanes }
}

/// parameters: the slope of each value, up to a multiple of eight
@inlinable @inline(__always)
public func applyPrelu(
  _ values: UnsafeMutablePointer<Float>, count: Int, _ parameters: UnsafePointer<Float>
) {
  var j = 0
  while j < count {
    let slope = unsafe LaneSingle(load(parameters, j)).flushed(below: Least.value)
    unsafe store(leakyRelu(LaneSingle(load(values, j)), slope: slope).lanes, values, j)
    j &+= 8
  }
}

/// parameters: alpha
@inlinable @inline(__always)
public func applyElu<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int, _ parameters: UnsafePointer<Float>
) {
  let alpha = unsafe parameters[0].flushed(below: Least.value)
  unsafe replaceLanes(values, count: count) { elu(F.self, LaneSingle($0), alpha: alpha).lanes }
}

/// parameters: beta, threshold
@inlinable @inline(__always)
public func applySoftplus<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int, _ parameters: UnsafePointer<Float>
) {
  let beta = unsafe parameters[0]
  let threshold = unsafe parameters[1].flushed(below: Least.bias)
  unsafe replaceLanes(values, count: count) {
    softplus(F.self, LaneSingle($0), beta: beta, threshold: threshold).lanes
  }
}

/// parameters: alpha, beta
@inlinable @inline(__always)
public func applyHardSigmoid<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int, _ parameters: UnsafePointer<Float>
) {
  let alpha = unsafe parameters[0].flushed(below: Least.value)
  let beta = unsafe parameters[1].flushed(below: Least.bias)
  unsafe replaceLanes(values, count: count) {
    hardSigmoid(F.self, LaneSingle($0), alpha: alpha, beta: beta).lanes
  }
}

/// parameters: min, max
@inlinable @inline(__always)
public func applyHardtanh(
  _ values: UnsafeMutablePointer<Float>, count: Int, _ parameters: UnsafePointer<Float>
) {
  let least = unsafe parameters[0].flushed(below: Least.bias)
  let most = unsafe parameters[1].flushed(below: Least.bias)
  unsafe replaceLanes(values, count: count) {
    hardtanh(LaneSingle($0), least: least, most: most).lanes
  }
}
