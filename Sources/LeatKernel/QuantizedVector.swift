// SPDX-License-Identifier: MIT

import CVectors

/// A vector of floats as integers of 16 bits and what one of them is worth, in a stream's scratch:
/// the scale, then the integers.
@unsafe @usableFromInline
struct QuantizedVector {
  @usableFromInline let scale: Float
  @usableFromInline let values: UnsafeMutablePointer<Int16>

  /// The one that stands at `place`.
  @inlinable @inline(__always)
  init(_ place: UnsafeMutablePointer<Float>) {
    unsafe scale = unsafe place.pointee
    unsafe values = UnsafeMutableRawPointer(place + 1).assumingMemoryBound(to: Int16.self)
  }

  /// The values 2k and 2k + 1, as `leat_vector_add_products` takes them.
  @inlinable @inline(__always)
  func pair(_ k: Int) -> Int32 {
    unsafe UnsafeRawPointer(values + 2 &* k).loadUnaligned(as: Int32.self)
  }

  /// Rounds `count` floats to multiples of their largest magnitude / `largest`. A vector that is
  /// next to nothing is taken as zero: its scale would be subnormal. `place` has room for the scale,
  /// `count` integers and one more.
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
      unsafe vector.values[k] = Int16(truncatingIfNeeded: shifted.bitPattern)
      k &+= 1
    }
    // The weight beside it is 0, but nothing is read that wasn't written.
    unsafe vector.values[count] = 0
  }

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

  /// Those that stand in the stream's scratch.
  @inlinable @inline(__always)
  init(_ stream: borrowing StreamBlock, model: borrowing ModelImage) {
    let scratch = unsafe model.header.pointee.scratch.quantized
    unsafe input = QuantizedVector(stream.floats(at: scratch.0))
    unsafe hidden = QuantizedVector(stream.floats(at: scratch.1))
  }

  /// Writes them there.
  @inlinable @inline(__always)
  static func write<F: FusedMultiplyAdd>(
    _: F.Type, _ layer: UnsafePointer<LSTMRecord>, _ state: LayerState,
    to stream: borrowing StreamBlock,
    model: borrowing ModelImage
  ) {
    let scratch = unsafe model.header.pointee.scratch.quantized
    unsafe QuantizedVector.write(
      F.self, state.input, count: layer.pointee.inputSize,
      largest: layer.pointee.quantized.largestInput,
      to: stream.floats(at: scratch.0))
    unsafe QuantizedVector.write(
      F.self, state.hidden, count: layer.pointee.outputSize,
      largest: layer.pointee.quantized.largestHidden,
      to: stream.floats(at: scratch.1))
  }
}
