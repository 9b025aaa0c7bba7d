// SPDX-License-Identifier: MIT
//
// The sum of two earlier values, element by element: a residual or a skip connection. It has no
// tensor; `leat.layers` names what is added: `fc +input[0:1]`.

import LeatSupport
import LeatKernel

struct SumPlan: BitwiseCopyable {
  @Compact var size: Int

  init(size: Int) { self.size = size }

  /// `input` is the sum of the bounds of both values.
  func boundOutput(_ file: borrowing Safetensors, input: Double) throws(Failure) -> Double {
    guard input <= SumBound.largestOutput else { throw file.valuesTooLarge() }
    return input
  }

  func hash(into fingerprint: inout FingerprintHasher) { fingerprint.addNumber(size) }

  func placeLayer(
    _ planner: inout BlockPlanner, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    PlacedLayer(record: 0, output: Place(try planner.stream.reserveOutput(size, values)))
  }
}
