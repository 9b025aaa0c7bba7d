// SPDX-License-Identifier: MIT

/// One vector or several, on which the same operations are done. The operations of an activation
/// form a long chain, each waiting for the one before. Several chains, interleaved operation by
/// operation, hide each other's waiting.
public protocol LaneGroup {
  associatedtype Vector: LaneVector
  init(_ lanes: Vector)
  static func map(
    _ a: Self, _ b: Self, _ c: Self, _ body: (Vector, Vector, Vector) -> Vector
  ) -> Self
}

public struct One<Vector: LaneVector>: LaneGroup {
  @usableFromInline let lanes: Vector

  @inlinable @inline(__always)
  public init(_ lanes: Vector) { self.lanes = lanes }

  @inlinable @inline(__always)
  public static func map(
    _ a: One, _ b: One, _ c: One, _ body: (Vector, Vector, Vector) -> Vector
  ) -> One {
    One(body(a.lanes, b.lanes, c.lanes))
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
  public init(_ lanes: V.Vector) { self.init(V(lanes), V(lanes)) }

  @inlinable @inline(__always)
  public static func map(
    _ a: Two, _ b: Two, _ c: Two, _ body: (V.Vector, V.Vector, V.Vector) -> V.Vector
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
  public init(_ lanes: V.Vector) { self.init(V(lanes), V(lanes), V(lanes)) }

  @inlinable @inline(__always)
  public static func map(
    _ a: Three, _ b: Three, _ c: Three, _ body: (V.Vector, V.Vector, V.Vector) -> V.Vector
  ) -> Three {
    Three(
      V.map(a.first, b.first, c.first, body), V.map(a.second, b.second, c.second, body),
      V.map(a.third, b.third, c.third, body))
  }
}

public typealias LaneSingle = One<Lanes>
@usableFromInline typealias LanePair = Two<LaneSingle>
@usableFromInline typealias LaneTriple = Three<LaneSingle>

extension Two {
  @inlinable @inline(__always)
  init<Vector: LaneVector>(_ first: Vector, _ second: Vector) where V == One<Vector> {
    self.init(V(first), V(second))
  }
}

extension Three {
  @inlinable @inline(__always)
  init<Vector: LaneVector>(_ first: Vector, _ second: Vector, _ third: Vector)
  where V == One<Vector> {
    self.init(V(first), V(second), V(third))
  }
}

extension LaneGroup {
  @inlinable @inline(__always)
  init(repeating value: Float) { self.init(Vector(repeating: value)) }

  @inlinable @inline(__always)
  static func fma<F: FusedMultiplyAdd>(_: F.Type, _ a: Self, _ b: Self, _ c: Self) -> Self {
    map(a, b, c) { Vector.fma(F.self, $0, $1, $2).inOrder }
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
  var negated: Self { Self.map(self, self, self) { x, _, _ in x.negated } }

  @inlinable @inline(__always)
  var magnitude: Self { Self.map(self, self, self) { x, _, _ in x.magnitude } }

  @inlinable @inline(__always)
  func minimum(_ bound: Float) -> Self {
    Self.map(self, self, self) { x, _, _ in x.minimum(Vector(repeating: bound)) }
  }

  @inlinable @inline(__always)
  func maximum(_ bound: Float) -> Self {
    Self.map(self, self, self) { x, _, _ in x.maximum(Vector(repeating: bound)) }
  }

  /// 2^n, where the low bits of the sum hold n + 127.
  @inlinable @inline(__always)
  var powerOfTwo: Self { Self.map(self, self, self) { x, _, _ in x.powerOfTwo } }

  /// Self, which is not negative, with the sign of `x`.
  @inlinable @inline(__always)
  func copyingSign(of x: Self) -> Self {
    Self.map(self, x, x) { magnitude, x, _ in magnitude.copyingSign(of: x) }
  }

  /// Self where `x` is at least `bound`, else `other`.
  @inlinable @inline(__always)
  func selected(where x: Self, isAtLeast bound: Float, else other: Self) -> Self {
    Self.map(self, other, x) {
      $0.selected(where: $2, isAtLeast: Vector(repeating: bound), else: $1)
    }
  }

  /// Self where its magnitude is at least `least`, else +0.
  @inlinable @inline(__always)
  func flushed(below least: Float) -> Self { flushed(where: magnitude, isBelow: least) }

  /// Self where `x` is at least `bound`, else +0.
  @inlinable @inline(__always)
  func flushed(where x: Self, isBelow bound: Float) -> Self {
    Self.map(self, x, x) { value, x, _ in
      value.flushed(where: x, isBelow: Vector(repeating: bound))
    }
  }
}
