// SPDX-License-Identifier: MIT
//
// PyTorch's `nn.Linear`, and the activation after it.

import CLeat
import LeatSupport
import LeatKernel

struct LinearPlan: BitwiseCopyable {
  var weight = TensorIndex()
  /// None with `bias=False`.
  var bias = TensorIndex()
  var activation = ChosenActivation()
  var type = WeightType.float32
  @Compact var inputSize = 0
  @Compact var outputSize = 0

  func boundOutput(_ file: borrowing Safetensors, input: Double) throws(Failure) -> Double {
    var output = 0.0
    for row in 0..<outputSize {
      let bias = bias.isPresent ? Double(WeightReader(file, bias)[row].magnitude) : 0
      output = max(output, bias + file.rowSum(weight, row, inputSize) * input)
      if file.isQuantized(weight.index) {
        // The scale, which may be 0, is multiplied in after the sum.
        let integers = file.rowMagnitude(weight, row, inputSize)
        guard integers * input <= SumBound.ceiling else { throw file.weightsTooLarge(weight.index) }
      }
    }
    guard output <= SumBound.ceiling else { throw file.weightsTooLarge(weight.index) }
    let after = activation.bound(output * 2)
    guard after <= SumBound.largestOutput, activation.isSafe(for: output * 2) else {
      throw file.weightsTooLarge(weight.index)
    }
    return after
  }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    fingerprint.addNumber(inputSize)
    fingerprint.addNumber(outputSize)
    activation.hash(into: &fingerprint)
    fingerprint.addNumber((bias.isPresent ? 1 : 0) | (file.isQuantized(weight.index) ? 2 : 0))
    fingerprint.addTensor(file, weight)
    if bias.isPresent { fingerprint.addTensor(file, bias) }
  }

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    let record = try planner.placeMatrix(
      file, weight, rows: outputSize, columns: inputSize, bias: bias)
    return PlacedLayer(
      record: record, output: Place(try planner.stream.reserveOutput(outputSize, values)),
      parameters: try activation.placeParameters(&planner))
  }

  func checkArgument(_ argument: Text, _ entry: MetadataEntry) throws(Failure) -> Bool {
    switch argument {
    case "in_features": try entry.expect(inputSize)
    case "out_features": try entry.expect(outputSize)
    case "bias": try entry.expect(bias.isPresent)
    default: return false
    }
    return true
  }
}

extension LinearPlan {
  /// Finds the tensors of the module of tensor `module`, and checks their shapes. `inputSize` is
  /// the size of what the layer reads, nil for a first layer.
  init(
    _ file: borrowing Safetensors, module: Int, _ activation: ChosenActivation, inputSize: Int?
  ) throws(Failure) {
    weight = file.findTensor(.weight, module)
    bias = file.findTensor(.bias, module)
    self.activation = activation
    guard weight.isPresent else { throw file.failure(bias.index, "a bias without a weight") }
    let shape = file.tensors[weight.index].shape
    self.inputSize = inputSize ?? Int(shape.sizes[1])
    guard shape.rank == 2, shape.sizes[1] == self.inputSize else {
      throw file.failure(
        weight.index,
        "shape \(shape), expected [out_features, \(self.inputSize)], as the layer before puts out")
    }
    outputSize = Int(shape.sizes[0])
    type = file.weightType(weight.index)
    file.markUsed(weight)
    if bias.isPresent { try file.requireShape(bias, outputSize) }
  }
}
