// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension RecurrentReader {
  /// Checks the shapes of a layer's tensors, and fills in its sizes.
  func checkShapes(
    _ file: borrowing Safetensors, _ plan: inout RecurrentPlan, inputSize: Int?
  ) throws(Failure) {
    let shape = file.tensors[plan.inputWeight.index].shape
    plan.gates = gates(file, plan)
    plan.hasCell = plan.gates == 4
    guard shape.rank == 2, Int(shape.sizes[0]) % Int(plan.gates) == 0 else {
      throw file.failure(
        plan.inputWeight.index,
        "shape \(shape), expected [\(Int(plan.gates)) * hidden_size, input_size]")
    }
    plan.hiddenSize = Int(shape.sizes[0]) / Int(plan.gates)
    plan.inputSize = Int(shape.sizes[1])
    plan.outputSize = plan.hiddenSize
    if plan.isProjected {
      let projection = file.tensors[plan.projection.index].shape
      guard projection.rank == 2, projection.sizes[1] == plan.hiddenSize,
        projection.sizes[0] < plan.hiddenSize
      else {
        throw file.failure(
          plan.projection.index,
          "shape \(projection), expected [proj_size, \(plan.hiddenSize)], proj_size below hidden_size"
        )
      }
      plan.outputSize = Int(projection.sizes[0])
      file.markUsed(plan.projection)
    }
    plan.type = try gateType(file, plan)
    try file.requireShape(plan.inputWeight, plan.rows, inputSize ?? plan.inputSize)
    try file.requireShape(plan.hiddenWeight, plan.rows, plan.outputSize)
    if plan.hasBias {
      try file.requireShape(plan.inputBias, plan.rows)
      try file.requireShape(plan.hiddenBias, plan.rows)
    }
  }

  /// Rows of weight_hh for each unit: an LSTM's 4, a GRU's 3, an RNN's 1; 4 with a projection, or
  /// if no kind has such shapes.
  private func gates(_ file: borrowing Safetensors, _ plan: RecurrentPlan) -> UInt8 {
    let input = file.tensors[plan.inputWeight.index].shape
    let shape = file.tensors[plan.hiddenWeight.index].shape
    guard !plan.isProjected, shape.rank == 2, shape.sizes[0] == input.sizes[0],
      shape.sizes[0] % max(shape.sizes[1], 1) == 0
    else { return 4 }
    let gates = shape.sizes[0] / max(shape.sizes[1], 1)
    return gates == 3 || gates == 1 ? UInt8(gates) : 4
  }

  /// The type of the gates' weights in memory: that of the file, if both weights have the same.
  private func gateType(
    _ file: borrowing Safetensors, _ plan: RecurrentPlan
  ) throws(Failure) -> WeightType {
    let input = file.weightType(plan.inputWeight.index)
    let hidden = file.weightType(plan.hiddenWeight.index)
    guard (input == .int8) == (hidden == .int8) else {
      let tensor = input == .int8 ? plan.hiddenWeight : plan.inputWeight
      throw file.failure(
        tensor.index,
        "dtype \(file.tensors[tensor.index].type.name), expected weight_ih and weight_hh both I8",
        code: LEAT_E_UNSUPPORTED)
    }
    return input == hidden ? input : .float32
  }
}
