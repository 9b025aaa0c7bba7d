// SPDX-License-Identifier: MIT

import CVectors

/// Inputs as two bytes.
public protocol ByteInputs: IntegerProducts {}

extension ByteInputs {
  @inlinable @inline(__always)
  public static func store(_ quad: UnsafeMutableRawPointer, _ values: SIMD8<Int32>) {
    unsafe leat_vector_store_bytes(quad, values)
  }

  @inlinable @inline(__always)
  public static func store(_ quad: UnsafeMutableRawPointer, _ value: Int32, at index: Int) {
    let bytes = UInt32(bitPattern: value)
    unsafe quad.storeBytes(
      of: UInt8(truncatingIfNeeded: bytes ^ UInt32(LEAT_LOWER_EXCESS)), toByteOffset: index,
      as: UInt8.self)
    unsafe quad.storeBytes(
      of: UInt8(truncatingIfNeeded: bytes &>> 8 ^ UInt32(LEAT_UPPER_EXCESS)),
      toByteOffset: 4 &+ index, as: UInt8.self)
  }
}

/// For sixteen registers of 256 bits, or 32 of 128.
public enum ByteProducts: ByteInputs {
  public typealias Rows8 = ByteRows
  public typealias Rows16 = Beside<ByteRows, ByteRows>
  @inlinable public static var holdsPairs: Bool { @inline(__always) get { false } }
}

/// For 32 registers of 256 bits.
public enum BytePairProducts: ByteInputs {
  public typealias Rows8 = ByteRows
  public typealias Rows16 = Beside<ByteRows, ByteRows>
  @inlinable public static var holdsPairs: Bool { @inline(__always) get { true } }
}

public struct ByteRows: IntegerRows {
  @usableFromInline var lower: SIMD8<Int32>
  @usableFromInline var upper: SIMD8<Int32>

  @inlinable public static var vectors: Int { @inline(__always) get { 1 } }
  /// An instruction takes four or five cycles, and two begin in each.
  @inlinable public static var chains: Int { @inline(__always) get { 4 } }

  @inlinable @inline(__always)
  public init() {
    lower = leat_vector_repeat(0)
    upper = lower
  }

  @inlinable @inline(__always)
  public init(offset: Int32, weights: UnsafePointer<Int32>) {
    let sums = unsafe UnsafeRawPointer(weights).loadUnaligned(as: SIMD8<Int32>.self)
    lower = leat_vector_first_lower(sums) &+ leat_vector_repeat(offset)
    upper = leat_vector_first_upper(sums)
  }

  @inlinable @inline(__always)
  public mutating func add(_ column: UnsafeRawPointer, _ quad: Quad) {
    lower = unsafe leat_vector_add_bytes(lower, column, quad.first)
    upper = unsafe leat_vector_add_bytes(upper, column, quad.second)
  }

  @inlinable @inline(__always)
  public mutating func add(_ other: ByteRows) {
    lower &+= other.lower
    upper &+= other.upper
  }

  @inlinable @inline(__always)
  public func sums(_: Int) -> SIMD8<Int32> { lower &+ (upper &<< 8) }
}
