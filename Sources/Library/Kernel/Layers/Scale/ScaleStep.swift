// SPDX-License-Identifier: MIT
//
// (x - mean) factor + shift for each element. The difference, the product and the sum are computed
// with their errors, so that the result is within 1 ulp of the exact one unless this is smaller
// than 2^-20 of its terms.
//
// No operation meets a subnormal number: x, mean, factor and its rest are 0 or multiples of 2^-63,
// so products and their errors are multiples of 2^-126.

/// A step of a scale layer.
@inlinable @inline(__always)
public func stepScale<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let record = model.record(at: layer.value.record, as: ScaleRecord.self)
  let input = unsafe stream.input(of: layer, model)
  let output = unsafe stream.floats(at: layer.value.output)
  var j = 0
  while j < record.value.size {
    // Safe: the input, the output and the constants are padded to a multiple of 8. The padding may
    // hold anything.
    let difference = unsafe ExactSum(load(input, j), -load(model.floats(at: record.value.mean), j))
    let factor = unsafe load(model.floats(at: record.value.factor), j)
    let rest = unsafe load(model.floats(at: record.value.rest), j)
    let product = difference.sum * factor
    var error = F.fma(difference.sum, factor, -product)
    error = F.fma(difference.sum, rest, error)
    error = F.fma(difference.error, factor, error)
    let result = unsafe ExactSum(product, load(model.floats(at: record.value.shift), j))
    unsafe store(result.sum + (result.error + error), output, j)
    j &+= 8
  }
  unsafe finishOutput(model, layer, output, stream)
}

/// a + b, rounded, and the error of that, exactly (D. E. Knuth's TwoSum).
@usableFromInline
struct ExactSum {
  @usableFromInline let sum: Lanes
  @usableFromInline let error: Lanes

  @inlinable @inline(__always)
  init(_ a: Lanes, _ b: Lanes) {
    sum = a + b
    let share = sum - a
    error = (a - (sum - share)) + (b - share)
  }
}
