// SPDX-License-Identifier: MIT

import CVectors

/// A way to compute a × b + c, rounded once, and one for integers. The kernels are generic over it.
public protocol FusedMultiplyAdd {
  associatedtype Integers: IntegerProducts
  /// Whether long functions are shared rather than inlined and interleaved. In software a
  /// multiply-add takes many instructions, and a small processor gains nothing from interleaving.
  static var sharesCode: Bool { get }
  /// Whether registers hold sixteen floats.
  static var isWide: Bool { get }
  static func fma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes
  /// Only if registers hold sixteen.
  static func fma(_ a: WideLanes, _ b: WideLanes, _ c: WideLanes) -> WideLanes
}

extension FusedMultiplyAdd {
  @inlinable public static var isWide: Bool { @inline(__always) get { false } }

  @inlinable @inline(__always)
  public static func fma(_ a: WideLanes, _ b: WideLanes, _ c: WideLanes) -> WideLanes {
    WideLanes(leat_wide_fma(a.sixteen, b.sixteen, c.sixteen))
  }
}

/// The same bits from any processor that has Double: the product of two floats is exact in Double,
/// and a sum rounded to odd there can be rounded again to Float without harm, since Double has more
/// than two bits to spare (S. Boldo and G. Melquiond, "Emulation of FMA and correctly rounded sums:
/// proved algorithms using rounding to odd", IEEE Trans. Computers 57(4), 2008).
public enum SoftwareFMA: FusedMultiplyAdd {
  public typealias Integers = WordProducts
  @inlinable public static var sharesCode: Bool { @inline(__always) get { true } }

  private typealias Wide = SIMD8<Double>
  private typealias Bits = SIMD8<UInt64>

  /// Not inlined: the kernels would grow from 15 to 170 KB.
  @inline(never)
  public static func fma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes {
    let product = Wide(a) * Wide(b)
    let addend = Wide(c)
    let sum = product + addend
    // The error of the sum, exactly (D. E. Knuth's TwoSum).
    let share = sum - product
    let error = (product - (sum - share)) + (addend - share)
    // Round to odd: where the sum isn't exact and its last bit is even, take the neighbour on the
    // error's side. An error is not finite only if the sum isn't; then both comparisons are false.
    let bits = unsafe unsafeBitCast(sum, to: Bits.self)
    let errorBits = unsafe unsafeBitCast(error, to: Bits.self)
    // One unit up in magnitude where both have the same sign, down where they haven't; none where
    // the last bit is odd.
    let isOpposite = (bits ^ errorBits) &>> 63
    let unit = (1 &- (isOpposite &<< 1)) & ((bits & 1) &- 1)
    let isInexact = (error .> 0) .| (error .< 0)
    let odd = bits &+ unit.replacing(with: 0, where: .!isInexact)
    return unsafe Lanes(unsafeBitCast(odd, to: Wide.self))
  }
}
