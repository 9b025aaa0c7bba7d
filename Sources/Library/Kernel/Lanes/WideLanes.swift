// SPDX-License-Identifier: MIT

import CVectors

/// Sixteen floats, for registers of 512 bits. A struct of its own: of Swift's operators for sixteen
/// lanes compilers make loops.
public struct WideLanes: LaneVector {
  @usableFromInline let sixteen: SIMD16<Float>

  @inlinable @inline(__always)
  init(_ sixteen: SIMD16<Float>) { self.sixteen = sixteen }

  @inlinable @inline(__always)
  public init(repeating value: Float) { sixteen = leat_wide_repeat(value) }

  /// At any alignment.
  @inlinable @inline(__always)
  init(_ pointer: UnsafeRawPointer) { unsafe sixteen = leat_wide_load(pointer) }

  @inlinable @inline(__always)
  public static func + (_ a: WideLanes, _ b: WideLanes) -> WideLanes {
    WideLanes(leat_wide_add(a.sixteen, b.sixteen))
  }

  @inlinable @inline(__always)
  public static func - (_ a: WideLanes, _ b: WideLanes) -> WideLanes {
    WideLanes(leat_wide_subtract(a.sixteen, b.sixteen))
  }

  @inlinable @inline(__always)
  public static func * (_ a: WideLanes, _ b: WideLanes) -> WideLanes {
    WideLanes(leat_wide_multiply(a.sixteen, b.sixteen))
  }

  @inlinable @inline(__always)
  public static func / (_ a: WideLanes, _ b: WideLanes) -> WideLanes {
    WideLanes(leat_wide_divide(a.sixteen, b.sixteen))
  }

  @inlinable @inline(__always)
  public static func fma<F: FusedMultiplyAdd>(
    _: F.Type, _ a: WideLanes, _ b: WideLanes, _ c: WideLanes
  ) -> WideLanes { F.fma(a, b, c) }

  @inlinable
  public var inOrder: WideLanes { @inline(__always) get { WideLanes(leat_wide_in_order(sixteen)) } }

  @inlinable
  public var negated: WideLanes { @inline(__always) get { WideLanes(leat_wide_negated(sixteen)) } }

  @inlinable
  public var magnitude: WideLanes {
    @inline(__always) get { WideLanes(leat_wide_magnitude(sixteen)) }
  }

  @inlinable
  public var powerOfTwo: WideLanes {
    @inline(__always) get { WideLanes(leat_wide_power_of_two(sixteen)) }
  }

  @inlinable @inline(__always)
  public func minimum(_ other: WideLanes) -> WideLanes {
    WideLanes(leat_wide_min(sixteen, other.sixteen))
  }

  @inlinable @inline(__always)
  public func maximum(_ other: WideLanes) -> WideLanes {
    WideLanes(leat_wide_max(sixteen, other.sixteen))
  }

  @inlinable @inline(__always)
  public func copyingSign(of x: WideLanes) -> WideLanes {
    WideLanes(leat_wide_copysign(sixteen, x.sixteen))
  }

  @inlinable @inline(__always)
  public func selected(
    where x: WideLanes, isAtLeast bound: WideLanes, else other: WideLanes
  ) -> WideLanes { WideLanes(leat_wide_select(x.sixteen, bound.sixteen, sixteen, other.sixteen)) }

  @inlinable @inline(__always)
  public func flushed(where x: WideLanes, isBelow bound: WideLanes) -> WideLanes {
    WideLanes(leat_wide_flush(sixteen, x.sixteen, bound.sixteen))
  }

  // Eight lanes of each.

  @inlinable @inline(__always)
  func lower(and other: WideLanes) -> WideLanes {
    WideLanes(leat_wide_lower(sixteen, other.sixteen))
  }

  @inlinable @inline(__always)
  func upper(and other: WideLanes) -> WideLanes {
    WideLanes(leat_wide_upper(sixteen, other.sixteen))
  }

  @inlinable @inline(__always)
  func lower(andUpper other: WideLanes) -> WideLanes {
    WideLanes(leat_wide_lower_and_upper(sixteen, other.sixteen))
  }

  @inlinable @inline(__always)
  func upper(andLower other: WideLanes) -> WideLanes {
    WideLanes(leat_wide_upper_and_lower(sixteen, other.sixteen))
  }
}
