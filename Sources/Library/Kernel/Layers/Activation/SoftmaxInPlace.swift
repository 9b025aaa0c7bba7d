// SPDX-License-Identifier: MIT
//
// softmax and log_softmax, in place: the activations in which every value counts for each output.
// Their sums are taken from the first value to the last.

@inlinable @inline(__always)
func largestOf(_ values: UnsafePointer<Float>, count: Int) -> Float {
  var largest = unsafe values[0]
  for j in 1..<max(count, 1) {
    let value = unsafe values[j]
    if value > largest { largest = value }
  }
  return largest
}

/// e^(x - max) / Σ e^(x - max)
@inlinable @inline(__always)
public func applySoftmax<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  let largest = unsafe largestOf(values, count: count)
  // A value after `count` may be larger than `largest`: its result is 1, and isn't read.
  unsafe replaceLanes(values, count: count) {
    exp(F.self, LaneSingle($0 - Lanes(repeating: largest))).lanes
  }
  var total: Float = 0
  for j in 0..<count { unsafe total += values[j] }
  unsafe replaceLanes(values, count: count) { $0 / Lanes(repeating: total) }
}

/// `total` plus the first `count` lanes, one after the other.
@inlinable @inline(__always)
func sumInOrder(_ total: Float, _ lanes: Lanes, count: Int) -> Float {
  var sum = total
  unsafe withUnsafePointer(to: lanes) { lanes in
    let terms = unsafe UnsafeRawPointer(lanes).assumingMemoryBound(to: Float.self)
    var k = 0
    while k < count {
      unsafe sum += terms[k]
      k &+= 1
    }
  }
  return sum
}

/// (x - max) - log Σ e^(x - max)
@inlinable @inline(__always)
public func applyLogSoftmax<F: FusedMultiplyAdd>(
  _: F.Type, _ values: UnsafeMutablePointer<Float>, count: Int
) {
  unsafe replaceLanes(values, count: count) {
    LaneSingle($0).flushed(below: Least.cell).lanes
  }
  let largest = unsafe largestOf(values, count: count)
  unsafe replaceLanes(values, count: count) { $0 - Lanes(repeating: largest) }
  var total: Float = 0
  var j = 0
  while j < count {
    let terms = unsafe exp(F.self, LaneSingle(load(values, j))).lanes
    total = sumInOrder(total, terms, count: min(8, count &- j))
    j &+= 8
  }
  let logOfTotal = log(F.self, total)
  unsafe replaceLanes(values, count: count) { $0 - Lanes(repeating: logOfTotal) }
}
