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
  /// Whether it pays to interleave the activations with the sums of the next pair of panels.
  static var isInterleaved: Bool { get }

  // One column of a panel of four gates, gate by gate. Each is used before the next is loaded: a
  // compiler that is given all four at once runs out of registers.
  static func input(_ column: UnsafeRawPointer) -> Lanes
  static func forget(_ column: UnsafeRawPointer) -> Lanes
  static func candidate(_ column: UnsafeRawPointer) -> Lanes
  static func output(_ column: UnsafeRawPointer) -> Lanes

  // One gate of one column of the two panels of a pair, if the number of gates is odd. An odd last
  // panel is as the first of a pair.
  static func first(_ column: UnsafeRawPointer, gate: Int) -> Lanes
  static func second(_ column: UnsafeRawPointer, gate: Int, of gates: Int) -> Lanes

  /// Sixteen floats of a column, from 16 `vector` on, if no word has
  /// weights of two panels.
  static func wide(_ column: UnsafeRawPointer, _ vector: Int) -> WideLanes

  /// The format in which `first` reads the second panel of a pair.
  associatedtype Second: PanelFormat
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

  @inlinable @inline(__always)
  public static func first(_ column: UnsafeRawPointer, gate: Int) -> Lanes {
    unsafe load(column + gate &* stride)
  }

  @inlinable @inline(__always)
  public static func second(_ column: UnsafeRawPointer, gate: Int, of gates: Int) -> Lanes {
    unsafe load(column + (gates &+ gate) &* stride)
  }
}

public enum Float32Weights: PanelFormat {
  public typealias Second = Float32Weights
  @inlinable public static var stride: Int { @inline(__always) get { 32 } }
  @inlinable public static var type: WeightType { @inline(__always) get { .float32 } }
  @inlinable public static var isInterleaved: Bool { @inline(__always) get { true } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe pointer.loadUnaligned(as: Lanes.self)
  }

  @inlinable @inline(__always)
  public static func wide(_ column: UnsafeRawPointer, _ vector: Int) -> WideLanes {
    unsafe WideLanes(column + 64 &* vector)
  }
}

/// IEEE 754 binary16.
public enum Float16Weights: PanelFormat {
  public typealias Second = Float16Weights
  @inlinable public static var stride: Int { @inline(__always) get { 16 } }
  @inlinable public static var type: WeightType { @inline(__always) get { .float16 } }
  @inlinable public static var isInterleaved: Bool { @inline(__always) get { false } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_halves(pointer)
  }

  @inlinable @inline(__always)
  public static func wide(_ column: UnsafeRawPointer, _ vector: Int) -> WideLanes {
    unsafe WideLanes(leat_wide_from_halves(column + 32 &* vector))
  }
}

/// The upper half of a binary32.
public enum BFloat16Weights: PanelFormat {
  @inlinable public static var stride: Int { @inline(__always) get { 16 } }
  @inlinable public static var type: WeightType { @inline(__always) get { .bfloat16 } }
  @inlinable public static var isInterleaved: Bool { @inline(__always) get { false } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe leat_vector_from_bfloats(pointer)
  }

  public typealias Second = SecondBFloat16Weights

  // Of four gates, the words of i also hold g, those of f hold o.

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

  @inlinable @inline(__always)
  public static func wide(_ column: UnsafeRawPointer, _ vector: Int) -> WideLanes {
    let words = unsafe column + 64 &* (vector / 2)
    return vector & 1 == 0
      ? unsafe WideLanes(leat_wide_from_low_bfloats(words))
      : unsafe WideLanes(leat_wide_from_high_bfloats(words))
  }

  // Of an odd number of gates, the words of the first panel also hold the second.

  @inlinable @inline(__always)
  public static func first(_ column: UnsafeRawPointer, gate: Int) -> Lanes {
    unsafe leat_vector_from_low_bfloats(column + 32 &* gate)
  }

  @inlinable @inline(__always)
  public static func second(_ column: UnsafeRawPointer, gate: Int, of _: Int) -> Lanes {
    unsafe leat_vector_from_high_bfloats(column + 32 &* gate)
  }
}

/// The second panels of pairs of `BFloat16Weights` with an odd number of gates.
public enum SecondBFloat16Weights: PanelFormat {
  public typealias Second = SecondBFloat16Weights
  @inlinable public static var stride: Int { @inline(__always) get { BFloat16Weights.stride } }
  @inlinable public static var type: WeightType { @inline(__always) get { .bfloat16 } }
  @inlinable public static var isInterleaved: Bool { @inline(__always) get { false } }

  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeRawPointer) -> Lanes {
    unsafe BFloat16Weights.load(pointer)
  }

  @inlinable @inline(__always)
  public static func first(_ column: UnsafeRawPointer, gate: Int) -> Lanes {
    unsafe leat_vector_from_high_bfloats(column + 32 &* gate)
  }

  @inlinable @inline(__always)
  public static func wide(_ column: UnsafeRawPointer, _ vector: Int) -> WideLanes {
    unsafe BFloat16Weights.wide(column, vector)
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
