// SPDX-License-Identifier: MIT
//
// An activation as a layer. `leat.layers` names it; only an `nn.PReLU` is a module with a tensor.

import CLeat
import LeatSupport
import LeatKernel

struct ActivationPlan: BitwiseCopyable {
  let activation: ChosenActivation
  /// The weight of an `nn.PReLU`: a slope for each value, or one for all.
  var slopes = TensorIndex()
  @Compact var size: Int

  init(_ activation: ChosenActivation, size: Int) {
    self.activation = activation
    self.size = size
  }

  /// The `nn.PReLU` of tensor `module`, for `size` values.
  init(_ file: borrowing Safetensors, prelu module: Int, size: Int) throws(Failure) {
    self.init(ChosenActivation(.prelu), size: size)
    slopes = file.findTensor(.weight, module)
    guard slopes.isPresent else { throw file.failure(module, "an nn.PReLU has no such tensor") }
    let shape = file.tensors[slopes.index].shape
    guard shape.isEqual(size) || shape.isEqual(1) else {
      throw file.failure(
        slopes.index, "shape \(shape), expected [\(size)] or [1] for an nn.PReLU")
    }
    file.markUsed(slopes)
  }

  func boundOutput(_ file: borrowing Safetensors, input: Double) throws(Failure) -> Double {
    let bound = activation.bound(input) * max(1, largestSlope(file))
    guard bound <= SumBound.largestOutput, activation.isSafe(for: input) else {
      throw slopes.isPresent ? file.weightsTooLarge(slopes.index) : file.valuesTooLarge()
    }
    return bound
  }

  private func largestSlope(_ file: borrowing Safetensors) -> Double {
    guard slopes.isPresent else { return 0 }
    let weights = WeightReader(file, slopes)
    var largest = 0.0
    for element in 0..<weights.count {
      largest = max(largest, Double(weights[element].magnitude))
    }
    return largest
  }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    fingerprint.addNumber(size)
    activation.hash(into: &fingerprint)
    if slopes.isPresent { fingerprint.addForEach(file, slopes, size) }
  }

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    PlacedLayer(
      record: 0, output: Place(try planner.stream.reserveOutput(size, values)),
      parameters: slopes.isPresent
        ? try placeSlopes(&planner, file) : try activation.placeParameters(&planner))
  }

  /// A slope for each value, padded to a multiple of 8.
  private func placeSlopes(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors
  ) throws(Failure) -> Int {
    let weights = WeightReader(file, slopes)
    planner.count(macs: 0, parameters: UInt64(weights.count))
    let offset = try planner.reserve(MatrixRecord.padded(size))
    guard let writer = planner.writer else { return offset }
    for element in 0..<size {
      let slope = weights.forEach(element).flushed(below: Least.value)
      writer.writeFloat(slope, at: offset, element)
    }
    return offset
  }
}
