// SPDX-License-Identifier: MIT

import CVectors

/// Values of hidden units in vectors of sixteen: of one panel of 8 units, of two, or of more.
@usableFromInline
protocol WideUnits: LaneGroup where Vector == WideLanes {
  /// The values in memory.
  init(_ pointer: UnsafePointer<Float>)
  func store(_ pointer: UnsafeMutablePointer<Float>)
  static var units: Int { get }
}

@usableFromInline
struct SixteenUnits: WideUnits {
  @usableFromInline let lanes: WideLanes

  @inlinable static var units: Int { @inline(__always) get { 16 } }

  @inlinable @inline(__always)
  init(_ lanes: WideLanes) { self.lanes = lanes }

  @inlinable @inline(__always)
  init(_ pointer: UnsafePointer<Float>) { unsafe lanes = WideLanes(pointer) }

  @inlinable @inline(__always)
  func store(_ pointer: UnsafeMutablePointer<Float>) {
    unsafe leat_wide_store(lanes.sixteen, pointer)
  }

  @inlinable @inline(__always)
  static func map(
    _ a: SixteenUnits, _ b: SixteenUnits, _ c: SixteenUnits,
    _ body: (WideLanes, WideLanes, WideLanes) -> WideLanes
  ) -> SixteenUnits {
    SixteenUnits(body(a.lanes, b.lanes, c.lanes))
  }
}

/// In the lower lanes; what the upper ones have is not used.
@usableFromInline
struct EightUnits: WideUnits {
  @usableFromInline let lanes: WideLanes

  @inlinable static var units: Int { @inline(__always) get { 8 } }

  @inlinable @inline(__always)
  init(_ lanes: WideLanes) { self.lanes = lanes }

  @inlinable @inline(__always)
  init(_ pointer: UnsafePointer<Float>) {
    unsafe lanes = WideLanes(leat_wide_extended(load(pointer, 0)))
  }

  @inlinable @inline(__always)
  func store(_ pointer: UnsafeMutablePointer<Float>) {
    unsafe LeatKernel.store(lanes.sixteen.lowHalf, pointer, 0)
  }

  @inlinable @inline(__always)
  static func map(
    _ a: EightUnits, _ b: EightUnits, _ c: EightUnits,
    _ body: (WideLanes, WideLanes, WideLanes) -> WideLanes
  ) -> EightUnits {
    EightUnits(body(a.lanes, b.lanes, c.lanes))
  }
}

/// Units, and those after them.
@usableFromInline
struct BothUnits<First: WideUnits, Second: WideUnits>: WideUnits {
  @usableFromInline let first: First
  @usableFromInline let second: Second

  @inlinable static var units: Int { @inline(__always) get { First.units &+ Second.units } }

  @inlinable @inline(__always)
  init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  @inlinable @inline(__always)
  init(_ lanes: WideLanes) { self.init(First(lanes), Second(lanes)) }

  @inlinable @inline(__always)
  init(_ pointer: UnsafePointer<Float>) {
    unsafe self.init(First(pointer), Second(pointer + First.units))
  }

  @inlinable @inline(__always)
  func store(_ pointer: UnsafeMutablePointer<Float>) {
    unsafe first.store(pointer)
    unsafe second.store(pointer + First.units)
  }

  @inlinable @inline(__always)
  static func map(
    _ a: BothUnits, _ b: BothUnits, _ c: BothUnits,
    _ body: (WideLanes, WideLanes, WideLanes) -> WideLanes
  ) -> BothUnits {
    BothUnits(
      First.map(a.first, b.first, c.first, body), Second.map(a.second, b.second, c.second, body))
  }
}
