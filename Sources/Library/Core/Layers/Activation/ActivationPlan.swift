// SPDX-License-Identifier: MIT
//
// An activation as a layer: only `leat.layers` names it, since it has no tensor.

import CLeat
import LeatSupport
import LeatKernel

struct ActivationPlan: BitwiseCopyable {
  let activation: Activation
  @Compact var size: Int

  init(_ activation: Activation, size: Int) {
    self.activation = activation
    self.size = size
  }

  func boundOutput(input: Double) -> Double { SumBound.after(activation, input) }

  func hash(into fingerprint: inout FingerprintHasher) {
    fingerprint.addNumber(size)
    fingerprint.addNumber(Int(activation.rawValue))
  }

  func placeLayer(
    _ planner: inout BlockPlanner, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    PlacedLayer(record: 0, output: Place(try planner.stream.reserveOutput(size, values)))
  }
}

extension Activation {
  init?(name: Text) {
    switch name {
    case "none": self = .none
    case "relu": self = .relu
    case "sigmoid": self = .sigmoid
    case "tanh": self = .tanh
    case "softmax": self = .softmax
    default: return nil
    }
  }
}
