// SPDX-License-Identifier: MIT
//
// Sums of products of integer weights, which are bytes q + 128, and inputs of 16 bits. They are exact
// modulo 2^32, and the results fit in 32 bits, so every order and every instruction gives the same.
//
// One instruction multiplies four bytes of a row by four inputs and adds up the products, where
// there is one: AVX512_VNNI, AVX-VNNI, Arm's dot product. Its inputs are bytes, so there are two
// sums of a row, over the upper and over the lower bytes of the inputs. Elsewhere pairs of inputs are
// multiplied: see `leat_vector_add_products`.

import CVectors

/// How the kernels of a set multiply integers.
public protocol IntegerProducts {
  /// Sums of 8 and of 16 rows.
  associatedtype Rows8: IntegerRows
  associatedtype Rows16: IntegerRows
  /// Whether the registers hold the sums of a pair of panels, or of a panel for three streams.
  static var holdsPairs: Bool { get }
  /// Stores the integers 4k to 4k + 7, or one of the integers 4k to 4k + 3, at `quad`.
  static func store(_ quad: UnsafeMutableRawPointer, _ values: SIMD8<Int32>)
  static func store(_ quad: UnsafeMutableRawPointer, _ value: Int32, at index: Int)
}

/// Sums of rows that are beside each other in memory.
public protocol ChainedRows {
  /// How many times 8.
  static var vectors: Int { get }
  /// How many such sums are added up at once, each of other columns, because each product waits for
  /// the one before: 1, 2, or 4 and more.
  static var chains: Int { get }
  /// Zeros.
  init()
  /// `offset` is -128 times the sum of the inputs, for q + 128 in place of q. At `weights` is 128
  /// times the sum of each row's weights in memory.
  init(offset: Int32, weights: UnsafePointer<Int32>)
  /// Adds the products of four columns.
  mutating func add(_ column: UnsafeRawPointer, _ quad: Quad)
  mutating func add(_ other: Self)
}

/// Sums of rows in vectors of eight.
public protocol IntegerRows: ChainedRows {
  /// Eight complete sums.
  func sums(_ vector: Int) -> SIMD8<Int32>
}

/// Four inputs, as `IntegerProducts.store` has stored them.
public struct Quad {
  @usableFromInline let first: Int32
  @usableFromInline let second: Int32

  @inlinable @inline(__always)
  init(_ quad: UnsafeRawPointer) {
    unsafe first = quad.loadUnaligned(as: Int32.self)
    unsafe second = quad.loadUnaligned(fromByteOffset: 4, as: Int32.self)
  }
}

/// Rows, and those that follow them in memory.
public struct Beside<First: ChainedRows, Second: ChainedRows>: ChainedRows {
  @usableFromInline var first: First
  @usableFromInline var second: Second

  @inlinable public static var vectors: Int {
    @inline(__always) get { First.vectors &+ Second.vectors }
  }

  @inlinable public static var chains: Int {
    @inline(__always) get { max(min(First.chains, Second.chains) / 2, 1) }
  }

  @inlinable @inline(__always)
  init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  @inlinable @inline(__always)
  public init() { self.init(First(), Second()) }

  @inlinable @inline(__always)
  public init(offset: Int32, weights: UnsafePointer<Int32>) {
    unsafe first = First(offset: offset, weights: weights)
    unsafe second = Second(offset: offset, weights: weights + 8 &* First.vectors)
  }

  @inlinable @inline(__always)
  public mutating func add(_ column: UnsafeRawPointer, _ quad: Quad) {
    unsafe first.add(column, quad)
    unsafe second.add(column + 32 &* First.vectors, quad)
  }

  @inlinable @inline(__always)
  public mutating func add(_ other: Beside) {
    first.add(other.first)
    second.add(other.second)
  }
}

extension Beside: IntegerRows where First: IntegerRows, Second: IntegerRows {
  @inlinable @inline(__always)
  public func sums(_ vector: Int) -> SIMD8<Int32> {
    vector < First.vectors ? first.sums(vector) : second.sums(vector &- First.vectors)
  }
}

/// Products of pairs of inputs, for any processor.
public enum WordProducts: IntegerProducts {
  public typealias Rows8 = WordRows
  public typealias Rows16 = Beside<WordRows, WordRows>
  @inlinable public static var holdsPairs: Bool { @inline(__always) get { true } }

  @inlinable @inline(__always)
  public static func store(_ quad: UnsafeMutableRawPointer, _ values: SIMD8<Int32>) {
    unsafe leat_vector_store_words(quad, values)
  }

  /// In the order 0, 2, 1, 3.
  @inlinable @inline(__always)
  public static func store(_ quad: UnsafeMutableRawPointer, _ value: Int32, at index: Int) {
    let place = (index & 1) &* 2 &+ index / 2
    unsafe quad.storeBytes(
      of: Int16(truncatingIfNeeded: value), toByteOffset: 2 &* place, as: Int16.self)
  }
}

public struct WordRows: IntegerRows {
  @usableFromInline var rows: SIMD8<Int32>

  @inlinable public static var vectors: Int { @inline(__always) get { 1 } }
  @inlinable public static var chains: Int { @inline(__always) get { 1 } }

  @inlinable @inline(__always)
  public init() { rows = leat_vector_repeat(0) }

  @inlinable @inline(__always)
  public init(offset: Int32, weights: UnsafePointer<Int32>) { rows = leat_vector_repeat(offset) }

  @inlinable @inline(__always)
  public mutating func add(_ column: UnsafeRawPointer, _ quad: Quad) {
    rows = unsafe leat_vector_add_products(rows, column, quad.first, quad.second)
  }

  @inlinable @inline(__always)
  public mutating func add(_ other: WordRows) { rows &+= other.rows }

  @inlinable @inline(__always)
  public func sums(_: Int) -> SIMD8<Int32> { rows }
}
