// SPDX-License-Identifier: MIT

import CVectors

/// A format of panels of one gate: see `Panels`.
public protocol SingleGateFormat: WeightFormat {
  /// Bytes of a column of a pair of panels, and of an odd last panel.
  static var pairColumn: Int { get }
  static var lastColumn: Int { get }
  // One column of the two panels of a pair; an odd last panel is as the first of a pair.
  static func first(_ column: UnsafeRawPointer) -> Lanes
  static func second(_ column: UnsafeRawPointer) -> Lanes
}

extension SingleGateFormat {
  @inlinable public static var pairColumn: Int { @inline(__always) get { 2 &* stride } }
  @inlinable public static var lastColumn: Int { @inline(__always) get { stride } }

  @inlinable @inline(__always)
  public static func first(_ column: UnsafeRawPointer) -> Lanes { unsafe load(column) }

  @inlinable @inline(__always)
  public static func second(_ column: UnsafeRawPointer) -> Lanes { unsafe load(column + stride) }
}

extension Float32Weights: SingleGateFormat {}
extension Float16Weights: SingleGateFormat {}

/// The words of the first panel also hold the second.
extension BFloat16Weights: SingleGateFormat {
  @inlinable public static var lastColumn: Int { @inline(__always) get { pairColumn } }

  @inlinable @inline(__always)
  public static func first(_ column: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_low_bfloats(column)
  }

  @inlinable @inline(__always)
  public static func second(_ column: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_high_bfloats(column)
  }
}
