// SPDX-License-Identifier: MIT

import CVectors

/// Sums of rows in vectors of sixteen.
public protocol WideRows: ChainedRows {
  /// Sixteen complete sums.
  func floats(_ index: Int) -> WideLanes
}

/// Sixteen rows.
public struct WideByteRows: WideRows {
  @usableFromInline var lower: SIMD16<Int32>
  @usableFromInline var upper: SIMD16<Int32>

  @inlinable public static var vectors: Int { @inline(__always) get { 2 } }
  /// For 32 registers, of which the sums of a pair of panels take 16.
  @inlinable public static var chains: Int { @inline(__always) get { 8 } }

  @inlinable @inline(__always)
  public init() {
    lower = leat_wide_no_sums()
    upper = lower
  }

  @inlinable @inline(__always)
  public init(offset: Int32, weights: UnsafePointer<Int32>) {
    unsafe lower = leat_wide_first_lower(weights, offset)
    unsafe upper = leat_wide_first_upper(weights)
  }

  @inlinable @inline(__always)
  public mutating func add(_ column: UnsafeRawPointer, _ quad: Quad) {
    lower = unsafe leat_wide_add_bytes(lower, column, quad.first)
    upper = unsafe leat_wide_add_bytes(upper, column, quad.second)
  }

  @inlinable @inline(__always)
  public mutating func add(_ other: WideByteRows) {
    lower = leat_wide_both_sums(lower, other.lower)
    upper = leat_wide_both_sums(upper, other.upper)
  }

  @inlinable @inline(__always)
  public func floats(_: Int) -> WideLanes { WideLanes(leat_wide_from_sums(lower, upper)) }
}

extension Beside: WideRows where First: WideRows, Second: WideRows {
  @inlinable @inline(__always)
  public func floats(_ index: Int) -> WideLanes {
    let firsts = First.vectors / 2
    return index < firsts ? first.floats(index) : second.floats(index &- firsts)
  }
}
