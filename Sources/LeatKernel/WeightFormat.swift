// SPDX-License-Identifier: MIT

import CVectors

/// How a matrix of floats stands in memory. Each gives the same floats as the file holds; a narrow
/// one takes less of the bandwidth that limits a model that outgrew the cache.
public protocol WeightFormat {
  /// Bytes of eight elements.
  static var stride: Int { get }
  /// Whether sums are so short that it pays to do the activations between them.
  static var isWoven: Bool { get }
  static func load(_ pointer: UnsafeRawPointer) -> Lanes
}

public enum Float32Weights: WeightFormat {
  @inlinable public static var stride: Int { @inline(__always) get { 32 } }
  @inlinable public static var isWoven: Bool { @inline(__always) get { true } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe pointer.loadUnaligned(as: Lanes.self)
  }
}

/// IEEE 754 binary16.
public enum Float16Weights: WeightFormat {
  @inlinable public static var stride: Int { @inline(__always) get { 16 } }
  @inlinable public static var isWoven: Bool { @inline(__always) get { false } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_halves(pointer)
  }
}

/// The upper half of a binary32.
public enum BFloat16Weights: WeightFormat {
  @inlinable public static var stride: Int { @inline(__always) get { 16 } }
  @inlinable public static var isWoven: Bool { @inline(__always) get { false } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_bfloats(pointer)
  }
}

/// Integers, of which each row of the matrix has a scale.
public enum Int8Weights: WeightFormat {
  @inlinable public static var stride: Int { @inline(__always) get { 8 } }
  @inlinable public static var isWoven: Bool { @inline(__always) get { false } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_bytes(pointer)
  }
}
