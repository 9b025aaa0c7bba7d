// SPDX-License-Identifier: MIT
//
// An activation as a layer of its own, which no tensor belongs to.

import CLeat
import LeatSupport
import LeatKernel

struct ActivationPlan: BitwiseCopyable {
  let activation: Activation
  private let elements: UInt32

  init(_ activation: Activation, size: Int) {
    self.activation = activation
    elements = UInt32(size)
  }

  var size: Int { Int(elements) }

  func bound(input: Double) -> Double { Bounds.after(activation, input) }

  func add(to fingerprint: inout Fingerprint) {
    fingerprint.add(size)
    fingerprint.add(Int(activation.rawValue))
  }

  func place(
    _ planner: inout ImagePlanner, _ architecture: borrowing Architecture
  ) throws(Failure) -> PlacedLayer {
    PlacedLayer(record: 0, output: try planner.reserveOutput(size, architecture))
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
