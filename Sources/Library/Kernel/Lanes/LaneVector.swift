// SPDX-License-Identifier: MIT

import CVectors

/// A vector of floats: the operations that kernels need. Each gives the same bits in every lane of
/// every width.
public protocol LaneVector {
  init(repeating value: Float)
  static func fma<F: FusedMultiplyAdd>(_: F.Type, _ a: Self, _ b: Self, _ c: Self) -> Self
  static func + (_ a: Self, _ b: Self) -> Self
  static func - (_ a: Self, _ b: Self) -> Self
  static func * (_ a: Self, _ b: Self) -> Self
  static func / (_ a: Self, _ b: Self) -> Self
  /// Self, computed before the operations that follow.
  var inOrder: Self { get }
  var negated: Self { get }
  var magnitude: Self { get }
  /// 2^n, where the low bits of the sum hold n + 127.
  var powerOfTwo: Self { get }
  func minimum(_ other: Self) -> Self
  func maximum(_ other: Self) -> Self
  /// Self, which is not negative, with the sign of `x`.
  func copyingSign(of x: Self) -> Self
  /// Self where `x` is at least `bound`, else `other`.
  func selected(where x: Self, isAtLeast bound: Self, else other: Self) -> Self
  /// Self where `x` is at least `bound`, else +0.
  func flushed(where x: Self, isBelow bound: Self) -> Self
}

extension SIMD8: LaneVector where Scalar == Float {
  @inlinable @inline(__always)
  public static func fma<F: FusedMultiplyAdd>(
    _: F.Type, _ a: Lanes, _ b: Lanes, _ c: Lanes
  ) -> Lanes { F.fma(a, b, c) }

  @inlinable
  public var inOrder: Lanes { @inline(__always) get { leat_vector_in_order(self) } }

  @inlinable
  public var negated: Lanes { @inline(__always) get { leat_vector_negated(self) } }

  @inlinable
  public var magnitude: Lanes { @inline(__always) get { leat_vector_magnitude(self) } }

  @inlinable
  public var powerOfTwo: Lanes { @inline(__always) get { leat_vector_power_of_two(self) } }

  @inlinable @inline(__always)
  public func minimum(_ other: Lanes) -> Lanes { leat_vector_min(self, other) }

  @inlinable @inline(__always)
  public func maximum(_ other: Lanes) -> Lanes { leat_vector_max(self, other) }

  @inlinable @inline(__always)
  public func copyingSign(of x: Lanes) -> Lanes { leat_vector_copysign(self, x) }

  @inlinable @inline(__always)
  public func selected(
    where x: Lanes, isAtLeast bound: Lanes, else other: Lanes
  ) -> Lanes { leat_vector_select(x, bound, self, other) }

  @inlinable @inline(__always)
  public func flushed(where x: Lanes, isBelow bound: Lanes) -> Lanes {
    leat_vector_flush(self, x, bound)
  }
}
