// SPDX-License-Identifier: MIT

import CVectors

/// One `Lanes` or several, on which the same operations are done. The operations of an activation
/// form a long chain, each waiting for the one before. Several chains, interleaved operation by
/// operation, hide each other's waiting.
public protocol LaneGroup {
  init(_ lanes: Lanes)
  static func map(
    _ a: Self, _ b: Self, _ c: Self, _ body: (Lanes, Lanes, Lanes) -> Lanes
  ) -> Self
}

public struct LaneSingle: LaneGroup {
  @usableFromInline let lanes: Lanes

  @inlinable @inline(__always)
  public init(_ lanes: Lanes) { self.lanes = lanes }

  @inlinable @inline(__always)
  public static func map(
    _ a: LaneSingle, _ b: LaneSingle, _ c: LaneSingle, _ body: (Lanes, Lanes, Lanes) -> Lanes
  ) -> LaneSingle {
    LaneSingle(body(a.lanes, b.lanes, c.lanes))
  }
}

public struct Two<V: LaneGroup>: LaneGroup {
  @usableFromInline let first: V
  @usableFromInline let second: V

  @inlinable @inline(__always)
  init(_ first: V, _ second: V) {
    self.first = first
    self.second = second
  }

  @inlinable @inline(__always)
  public init(_ lanes: Lanes) { self.init(V(lanes), V(lanes)) }

  @inlinable @inline(__always)
  public static func map(
    _ a: Two, _ b: Two, _ c: Two, _ body: (Lanes, Lanes, Lanes) -> Lanes
  ) -> Two {
    Two(V.map(a.first, b.first, c.first, body), V.map(a.second, b.second, c.second, body))
  }
}

public struct Three<V: LaneGroup>: LaneGroup {
  @usableFromInline let first: V
  @usableFromInline let second: V
  @usableFromInline let third: V

  @inlinable @inline(__always)
  init(_ first: V, _ second: V, _ third: V) {
    self.first = first
    self.second = second
    self.third = third
  }

  @inlinable @inline(__always)
  public init(_ lanes: Lanes) { self.init(V(lanes), V(lanes), V(lanes)) }

  @inlinable @inline(__always)
  public static func map(
    _ a: Three, _ b: Three, _ c: Three, _ body: (Lanes, Lanes, Lanes) -> Lanes
  ) -> Three {
    Three(
      V.map(a.first, b.first, c.first, body), V.map(a.second, b.second, c.second, body),
      V.map(a.third, b.third, c.third, body))
  }
}

@usableFromInline typealias LanePair = Two<LaneSingle>
@usableFromInline typealias LaneTriple = Three<LaneSingle>

extension Two where V == LaneSingle {
  @inlinable @inline(__always)
  init(_ first: Lanes, _ second: Lanes) { self.init(LaneSingle(first), LaneSingle(second)) }
}

extension Three where V == LaneSingle {
  @inlinable @inline(__always)
  init(_ first: Lanes, _ second: Lanes, _ third: Lanes) {
    self.init(LaneSingle(first), LaneSingle(second), LaneSingle(third))
  }
}

extension LaneGroup {
  @inlinable @inline(__always)
  init(repeating value: Float) { self.init(Lanes(repeating: value)) }

  @inlinable @inline(__always)
  static func fma<F: FusedMultiplyAdd>(_: F.Type, _ a: Self, _ b: Self, _ c: Self) -> Self {
    map(a, b, c) { leat_vector_in_order(F.fma($0, $1, $2)) }
  }

  @inlinable @inline(__always)
  static func fma<F: FusedMultiplyAdd>(_: F.Type, _ a: Self, _ b: Self, _ c: Float) -> Self {
    fma(F.self, a, b, Self(repeating: c))
  }

  @inlinable @inline(__always)
  static func + (_ a: Self, _ b: Self) -> Self { map(a, b, b) { a, b, _ in a + b } }

  @inlinable @inline(__always)
  static func - (_ a: Self, _ b: Self) -> Self { map(a, b, b) { a, b, _ in a - b } }

  @inlinable @inline(__always)
  static func * (_ a: Self, _ b: Self) -> Self { map(a, b, b) { a, b, _ in a * b } }

  @inlinable @inline(__always)
  static func / (_ a: Self, _ b: Self) -> Self { map(a, b, b) { a, b, _ in a / b } }

  @inlinable @inline(__always)
  var negated: Self { Self.map(self, self, self) { x, _, _ in leat_vector_negated(x) } }

  @inlinable @inline(__always)
  var magnitude: Self { Self.map(self, self, self) { x, _, _ in leat_vector_magnitude(x) } }

  @inlinable @inline(__always)
  func minimum(_ bound: Float) -> Self {
    Self.map(self, self, self) { x, _, _ in leat_vector_min(x, Lanes(repeating: bound)) }
  }

  @inlinable @inline(__always)
  func maximum(_ bound: Float) -> Self {
    Self.map(self, self, self) { x, _, _ in leat_vector_max(x, Lanes(repeating: bound)) }
  }

  /// 2^n, where the low bits of the sum hold n + 127.
  @inlinable @inline(__always)
  var powerOfTwo: Self { Self.map(self, self, self) { x, _, _ in leat_vector_power_of_two(x) } }

  /// Self, which is not negative, with the sign of `x`.
  @inlinable @inline(__always)
  func copyingSign(of x: Self) -> Self {
    Self.map(self, x, x) { magnitude, x, _ in leat_vector_copysign(magnitude, x) }
  }

  /// Self where `x` is at least `bound`, else `other`.
  @inlinable @inline(__always)
  func selected(where x: Self, isAtLeast bound: Float, else other: Self) -> Self {
    Self.map(self, other, x) { leat_vector_select($2, Lanes(repeating: bound), $0, $1) }
  }

  /// Self where its magnitude is at least `least`, else +0.
  @inlinable @inline(__always)
  func flushed(below least: Float) -> Self { flushed(where: magnitude, isBelow: least) }

  /// Self where `x` is at least `bound`, else +0.
  @inlinable @inline(__always)
  func flushed(where x: Self, isBelow bound: Float) -> Self {
    Self.map(self, x, x) { value, x, _ in leat_vector_flush(value, x, Lanes(repeating: bound)) }
  }
}
