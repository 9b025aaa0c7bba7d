// SPDX-License-Identifier: MIT
//
// An activation as a layer. `leat.layers` names it; only an `nn.PReLU` is a module with a tensor.

import CLeat
import LeatSupport
import LeatKernel

struct ActivationPlan: BitwiseCopyable {
  let activation: ChosenActivation
  @Compact var size: Int

  init(_ activation: ChosenActivation, size: Int) {
    self.activation = activation
    self.size = size
  }

  /// The `nn.PReLU` of tensor `module`, for `size` values.
  init(_ file: borrowing Safetensors, prelu module: Int, size: Int) throws(Failure) {
    let weight = file.findTensor(.weight, module)
    guard weight.isPresent else { throw file.failure(module, "an nn.PReLU has no such tensor") }
    let shape = file.tensors[weight.index].shape
    guard shape.isEqual(size) || shape.isEqual(1) else {
      throw file.failure(
        weight.index, "shape \(shape), expected [\(size)] or [1] for an nn.PReLU")
    }
    file.markUsed(weight)
    self.init(ChosenActivation(slopes: weight), size: size)
  }

  func boundOutput(_ file: borrowing Safetensors, input: Double) throws(Failure) -> Double {
    let bound = activation.bound(input, file)
    guard bound <= SumBound.largestOutput, activation.isSafe(for: input) else {
      throw activation.slopes.isPresent
        ? file.weightsTooLarge(activation.slopes.index) : SumBound.tooLarge
    }
    return bound
  }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    fingerprint.addNumber(size)
    activation.hash(into: &fingerprint, file)
  }

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    PlacedLayer(
      record: 0, output: Place(try planner.stream.reserveOutput(size, values)),
      parameters: try activation.placeParameters(&planner, file, size: size))
  }

}
