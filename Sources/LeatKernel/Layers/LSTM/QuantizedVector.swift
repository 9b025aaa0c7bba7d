// SPDX-License-Identifier: MIT

import CVectors

/// A vector of floats as integers of 16 bits and what one of them is worth, in a stream's block: the
/// scale, then the integers, of each four the first and third, then the second and fourth, filled up
/// with zeros to a multiple of four.
@unsafe @usableFromInline
struct QuantizedVector {
  @usableFromInline let scale: Float
  @usableFromInline let values: UnsafeMutablePointer<Int16>

  /// The one at `place`.
  @inlinable @inline(__always)
  init(_ place: UnsafeMutablePointer<Float>) {
    unsafe scale = unsafe place.pointee
    unsafe values = UnsafeMutableRawPointer(place + 1).assumingMemoryBound(to: Int16.self)
  }

  /// The values 4k to 4k + 3, as `leat_vector_add_products` takes them.
  @inlinable @inline(__always)
  func quad(_ k: Int) -> Int64 {
    unsafe UnsafeRawPointer(values + 4 &* k).loadUnaligned(as: Int64.self)
  }

  /// Rounds `count` floats to multiples of their largest magnitude / `largest`. A vector that is
  /// next to nothing is taken as zero: its scale would be subnormal. `place` has room for
  /// `LSTMRecord.Quantized.vectorSize` floats.
  @inlinable @inline(__always)
  static func write<F: FusedMultiplyAdd>(
    _: F.Type, _ source: UnsafePointer<Float>, count: Int, largest: Float,
    to place: UnsafeMutablePointer<Float>
  ) {
    let maximum = unsafe largestMagnitude(F.self, source, count: count)
    let isZero = maximum < 0x1p-100
    unsafe place.pointee = isZero ? 0 : maximum / largest
    let inverse = isZero ? 0 : largest / maximum
    let vector = unsafe QuantizedVector(place)
    var k = 0
    while k &+ 8 <= count {
      unsafe leat_vector_store_rounded(
        vector.values + k, load(source, k) * Lanes(repeating: inverse))
      k &+= 8
    }
    while k < count {
      // Safe: k stays below the source's size. The sum's low bits hold the integer.
      let shifted = unsafe source[k] * inverse + 0x1.8p23
      unsafe vector.values[QuantizedVector.place(of: k)] = Int16(truncatingIfNeeded: shifted.bitPattern)
      k &+= 1
    }
    // The weights beside them are 0, but nothing is read that wasn't written.
    while k & 3 != 0 {
      unsafe vector.values[QuantizedVector.place(of: k)] = 0
      k &+= 1
    }
  }

  /// Where element k is: 0, 2, 1, 3 of its four.
  @inlinable @inline(__always)
  static func place(of k: Int) -> Int { k & ~3 &+ (k & 1) &* 2 &+ (k & 2) / 2 }

  @inlinable @inline(__always)
  static func largestMagnitude<F: FusedMultiplyAdd>(
    _: F.Type, _ source: UnsafePointer<Float>, count: Int
  ) -> Float {
    var maxima = Lanes.zero
    var k = 0
    while k &+ 8 <= count {
      maxima = leat_vector_greater(unsafe leat_vector_magnitude(load(source, k)), maxima)
      k &+= 8
    }
    var maximum: Float = 0
    for lane in 0..<8 where maxima[lane] > maximum { maximum = maxima[lane] }
    while k < count {
      // Safe: k stays below the source's size.
      let value = unsafe source[k].magnitude
      if value > maximum { maximum = value }
      k &+= 1
    }
    return maximum
  }
}

/// The inputs of a layer whose weights are integers.
@unsafe @usableFromInline
struct QuantizedInputs {
  @usableFromInline let input: QuantizedVector
  @usableFromInline let hidden: QuantizedVector

  /// Those that are in the stream.
  @inlinable @inline(__always)
  init(_ layer: UnsafePointer<LSTMRecord>, _ stream: borrowing StreamBlock) {
    unsafe input = QuantizedVector(stream.floats(at: layer.pointee.quantized.input))
    unsafe hidden = QuantizedVector(stream.floats(at: layer.pointee.quantized.hidden))
  }

  /// Writes them there.
  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd>(
    _: F.Type, writing layer: UnsafePointer<LSTMRecord>, _ state: LayerState,
    _ stream: borrowing StreamBlock
  ) {
    unsafe QuantizedVector.write(
      F.self, state.input, count: layer.pointee.inputSize,
      largest: layer.pointee.quantized.largestInput,
      to: stream.floats(at: layer.pointee.quantized.input))
    unsafe QuantizedVector.write(
      F.self, state.hidden, count: layer.pointee.outputSize,
      largest: layer.pointee.quantized.largestHidden,
      to: stream.floats(at: layer.pointee.quantized.hidden))
    unsafe self.init(layer, stream)
  }
}
