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
  /// `isWide`: in vectors of sixteen, as the sums that follow: to change the width takes time.
  /// Not inlined, and generic: all kernels of a set share one copy, and no other set does.
  @inlinable @inline(never)
  static func quantize<F: FusedMultiplyAdd>(
    _: F.Type, isWide: Bool, _ source: UnsafePointer<Float>, count: Int, largest: Float,
    to place: UnsafeMutablePointer<Float>
  ) {
    let isWide = F.isWide && isWide
    let maximum = unsafe largestMagnitude(isWide: isWide, source, count: count)
    // A smaller value rounds to 0, and its product with the scale could be subnormal.
    let least = maximum * 0x1p-24
    let isZero = maximum == 0
    unsafe place.pointee = isZero ? 0 : maximum / largest
    let inverse = isZero ? 0 : largest / maximum
    let vector = unsafe QuantizedVector(place)
    var k = 0
    var sum: Int32 = 0
    if isWide {
      var sums = leat_wide_no_sums()
      while k &+ 16 <= count {
        let x = unsafe WideLanes(source + k)
        let flushed = x.flushed(where: x.magnitude, isBelow: WideLanes(repeating: least))
        sums = unsafe leat_wide_store_rounded(
          vector.quads + 2 &* k, (flushed * WideLanes(repeating: inverse)).sixteen, sums)
        k &+= 16
      }
      sum = leat_wide_total(sums)
    }
    var sums = leat_vector_repeat(0)
    while k &+ 8 <= count {
      let x = unsafe load(source, k)
      let flushed = leat_vector_flush(x, leat_vector_magnitude(x), Lanes(repeating: least))
      let rounded = leat_vector_rounded(flushed * Lanes(repeating: inverse))
      unsafe F.Integers.store(vector.quads + 2 &* k, rounded)
      sums &+= rounded
      k &+= 8
    }
    sum &+= leat_vector_total(sums)
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
  static func largestMagnitude(
    isWide: Bool, _ source: UnsafePointer<Float>, count: Int
  ) -> Float {
    var k = 0
    var maximum: Float = 0
    if isWide {
      var maxima = WideLanes(repeating: 0).sixteen
      while k &+ 16 <= count {
        maxima = leat_wide_greater(unsafe WideLanes(source + k).magnitude.sixteen, maxima)
        k &+= 16
      }
      maximum = leat_wide_greatest(maxima)
    }
    var maxima = Lanes(repeating: maximum)
    while k &+ 8 <= count {
      maxima = leat_vector_greater(unsafe leat_vector_magnitude(load(source, k)), maxima)
      k &+= 8
    }
    maximum = leat_vector_greatest(maxima)
    while k < count {
      // Safe: k stays below the source's size.
      let value = unsafe source[k].magnitude
      if value > maximum { maximum = value }
      k &+= 1
    }
    return maximum
  }
}
