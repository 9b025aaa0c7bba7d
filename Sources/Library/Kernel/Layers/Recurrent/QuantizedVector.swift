// SPDX-License-Identifier: MIT

import CVectors

/// A vector of floats, rounded to integers of 16 bits and a scale, in a stream's block: the scale,
/// -128 times the sum of the integers, then the integers, each four in the form that the kernel
/// multiplies. Zeros pad them to a multiple of four.
@safe @usableFromInline
struct QuantizedVector {
  @usableFromInline let scale: Float
  @usableFromInline let offset: Int32
  @usableFromInline let quads: UnsafeMutableRawPointer

  /// The vector at `place`.
  @inlinable @inline(__always)
  init(_ place: UnsafeMutablePointer<Float>) {
    let place = UnsafeMutableRawPointer(place)
    unsafe scale = place.load(as: Float.self)
    unsafe offset = place.load(fromByteOffset: 4, as: Int32.self)
    unsafe quads = place + 8
  }

  /// The integers 4k to 4k + 3.
  @inlinable @inline(__always)
  func quad(_ k: Int) -> Quad { unsafe Quad(quads + 8 &* k) }

  /// Rounds `count` floats to multiples of their largest magnitude / `largest`, and writes them to
  /// `place`, which holds `QuantizedRecord.vectorSize` floats. If all are 0, so are the integers.
  /// Not inlined, and generic: all kernels of a set share one copy, and no other set does.
  @inlinable @inline(never)
  static func quantize<F: FusedMultiplyAdd>(
    _: F.Type, _ source: UnsafePointer<Float>, count: Int, largest: Float,
    to place: UnsafeMutablePointer<Float>
  ) {
    let maximum = unsafe largestMagnitude(source, count: count)
    // A smaller value rounds to 0, and its product with the scale could be subnormal.
    let least = maximum * 0x1p-24
    let isZero = maximum == 0
    unsafe place.pointee = isZero ? 0 : maximum / largest
    let inverse = isZero ? 0 : largest / maximum
    let vector = unsafe QuantizedVector(place)
    var sums = leat_vector_repeat(0)
    var k = 0
    while k &+ 8 <= count {
      let x = unsafe load(source, k)
      let flushed = leat_vector_flush(x, leat_vector_magnitude(x), Lanes(repeating: least))
      let rounded = leat_vector_rounded(flushed * Lanes(repeating: inverse))
      unsafe F.Integers.store(vector.quads + 2 &* k, rounded)
      sums &+= rounded
      k &+= 8
    }
    var sum = leat_vector_total(sums)
    while k < count {
      // Safe: k stays below the source's size. The sum's low bits hold the integer.
      let shifted = unsafe source[k].flushed(below: least) * inverse + 0x1.8p23
      let value = Int32(Int16(truncatingIfNeeded: shifted.bitPattern))
      vector.store(F.self, value, at: k)
      sum &+= value
      k &+= 1
    }
    // Their weights are 0, but a kernel reads no byte that wasn't written.
    while k & 3 != 0 {
      vector.store(F.self, 0, at: k)
      k &+= 1
    }
    unsafe UnsafeMutableRawPointer(place)
      .storeBytes(of: -128 &* sum, toByteOffset: 4, as: Int32.self)
  }

  @inlinable @inline(__always)
  func store<F: FusedMultiplyAdd>(_: F.Type, _ value: Int32, at k: Int) {
    unsafe F.Integers.store(quads + 2 &* (k & ~3), value, at: k & 3)
  }

  @inlinable @inline(__always)
  static func largestMagnitude(_ source: UnsafePointer<Float>, count: Int) -> Float {
    var maxima = Lanes.zero
    var k = 0
    while k &+ 8 <= count {
      maxima = leat_vector_max(unsafe leat_vector_magnitude(load(source, k)), maxima)
      k &+= 8
    }
    var maximum: Float = 0
    for lane in 0..<8 where maxima[lane] > maximum { maximum = maxima[lane] }
    while k < count {
      // Safe: k stays below the source's size.
      let value = unsafe source[k].magnitude
      if value > maximum { maximum = value }
      k &+= 1
    }
    return maximum
  }
}
