// SPDX-License-Identifier: MIT

import CVectors

/// The format of a matrix's weights in memory. Each gives exactly the floats of the file. A narrow
/// format needs less bandwidth, which limits the speed of models that are larger than the cache.
public protocol WeightFormat {
  static var type: WeightType { get }
  /// Bytes of eight elements of a row.
  static var stride: Int { get }
  static func load(_ pointer: UnsafeRawPointer) -> Lanes
}

/// A format of the gates of a recurrent layer: see `Panels`.
public protocol PanelFormat: WeightFormat {
  /// Bytes of one column of a panel of four gates.
  static var column: Int { get }
  /// Whether it pays to interleave the activations with the sums of the next pair of panels.
  static var isInterleaved: Bool { get }
  // One column of a panel of four gates, gate by gate. Each is used before the next is loaded: a
  // compiler that is given all four at once runs out of registers.
  static func input(_ column: UnsafeRawPointer) -> Lanes
  static func forget(_ column: UnsafeRawPointer) -> Lanes
  static func candidate(_ column: UnsafeRawPointer) -> Lanes
  static func output(_ column: UnsafeRawPointer) -> Lanes
}

extension PanelFormat {
  @inlinable @inline(__always)
  public static func input(_ column: UnsafeRawPointer) -> Lanes { unsafe load(column) }

  @inlinable @inline(__always)
  public static func forget(_ column: UnsafeRawPointer) -> Lanes { unsafe load(column + stride) }

  @inlinable @inline(__always)
  public static func candidate(_ column: UnsafeRawPointer) -> Lanes {
    unsafe load(column + 2 &* stride)
  }

  @inlinable @inline(__always)
  public static func output(_ column: UnsafeRawPointer) -> Lanes {
    unsafe load(column + 3 &* stride)
  }
}

public enum Float32Weights: PanelFormat {
  @inlinable public static var stride: Int { @inline(__always) get { 32 } }
  @inlinable public static var type: WeightType { @inline(__always) get { .float32 } }
  @inlinable public static var column: Int { @inline(__always) get { 128 } }
  @inlinable public static var isInterleaved: Bool { @inline(__always) get { true } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe pointer.loadUnaligned(as: Lanes.self)
  }
}

/// IEEE 754 binary16.
public enum Float16Weights: PanelFormat {
  @inlinable public static var stride: Int { @inline(__always) get { 16 } }
  @inlinable public static var type: WeightType { @inline(__always) get { .float16 } }
  @inlinable public static var column: Int { @inline(__always) get { 64 } }
  @inlinable public static var isInterleaved: Bool { @inline(__always) get { false } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_halves(pointer)
  }
}

/// The upper half of a binary32.
public enum BFloat16Weights: PanelFormat {
  @inlinable public static var stride: Int { @inline(__always) get { 16 } }
  @inlinable public static var type: WeightType { @inline(__always) get { .bfloat16 } }
  @inlinable public static var column: Int { @inline(__always) get { 64 } }
  @inlinable public static var isInterleaved: Bool { @inline(__always) get { false } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_bfloats(pointer)
  }

  // The words of i also hold g, those of f hold o.

  @inlinable @inline(__always)
  public static func input(_ column: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_low_bfloats(column)
  }

  @inlinable @inline(__always)
  public static func forget(_ column: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_low_bfloats(column + 32)
  }

  @inlinable @inline(__always)
  public static func candidate(_ column: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_high_bfloats(column)
  }

  @inlinable @inline(__always)
  public static func output(_ column: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_high_bfloats(column + 32)
  }
}

/// Integers; each row of the matrix has a scale.
public enum Int8Weights: WeightFormat {
  @inlinable public static var type: WeightType { @inline(__always) get { .int8 } }
  @inlinable public static var stride: Int { @inline(__always) get { 8 } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_bytes(pointer)
  }
}
