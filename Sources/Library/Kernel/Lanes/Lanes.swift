// SPDX-License-Identifier: MIT
//
// What all kernels compute with: eight floats (`Lanes`) and groups of them (`LaneGroup`), a
// multiply-add that is rounded once (`FusedMultiplyAdd`), the formats of weights (`WeightFormat`),
// and elementary functions. Every operation gives the same bits on every processor.

/// Eight floats: the unit of every kernel. A processor's width changes the time of a step but no
/// bit, since no operation crosses lanes, except where that is written out.
public typealias Lanes = SIMD8<Float>

@inlinable @inline(__always)
func load(_ pointer: UnsafePointer<Float>, _ offset: Int) -> Lanes {
  unsafe UnsafeRawPointer(pointer + offset).loadUnaligned(as: Lanes.self)
}

@inlinable @inline(__always)
func store(_ lanes: Lanes, _ pointer: UnsafeMutablePointer<Float>, _ offset: Int) {
  unsafe UnsafeMutableRawPointer(pointer + offset).storeBytes(of: lanes, as: Lanes.self)
}

/// The sum of the eight lanes, in one order for all kernels.
@inlinable @inline(__always)
func sumOfLanes(_ lanes: Lanes) -> Float {
  let four = lanes.lowHalf + lanes.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}
