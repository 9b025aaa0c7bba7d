// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Reads the layers of a recurrent module, one after the other: as many as PyTorch's `num_layers`.
struct RecurrentReader<Other: OtherLayers> {
  /// A tensor of the module.
  let module: Int
  /// Whether no other module is recurrent.
  let isOnly: Bool
  private let layers: Int
  private var layer = 0
  private var first = RecurrentPlan()
  var initialHidden = TensorIndex()
  var initialCell = TensorIndex()

  init(_ file: borrowing Safetensors, module: Int, isOnly: Bool) {
    self.module = module
    self.isOnly = isOnly
    var layers = 0
    for index in 0..<file.tensors.count {
      let tensor = file.tensors[index]
      if tensor.role.isRecurrent, file.isSameModule(index, module) {
        layers = max(layers, Int(tensor.layer) + 1)
      }
    }
    self.layers = layers
    findInitialState(file)
  }

  /// The next layer; nil after the last. `inputSize` is the size of what it reads, nil for the
  /// first layer of the model.
  mutating func readLayer(
    _ file: borrowing Safetensors, inputSize: Int?
  ) throws(Failure) -> LayerPlan<Other>? {
    guard layer < layers else {
      try checkInitialState(file, first, layers)
      return nil
    }
    var plan = RecurrentPlan()
    plan.row = Int16(clamping: layer)
    plan.inputWeight = file.findTensor(.inputWeight, module, layer: layer)
    plan.hiddenWeight = file.findTensor(.hiddenWeight, module, layer: layer)
    plan.inputBias = file.findTensor(.inputBias, module, layer: layer)
    plan.hiddenBias = file.findTensor(.hiddenBias, module, layer: layer)
    plan.projection = file.findTensor(.projection, module, layer: layer)
    try checkPresence(file, plan)
    try checkShapes(file, &plan, inputSize: inputSize)
    if layer > 0 { try checkSame(file, plan) } else { first = plan }
    plan.initialHidden = initialHidden
    plan.initialCell = initialCell
    let kind = try chooseKind(file, plan)
    layer += 1
    return kind
  }

  /// The kind of layer: by the gates, and by what the metadata says of the cell.
  private func chooseKind(
    _ file: borrowing Safetensors, _ plan: RecurrentPlan
  ) throws(Failure) -> LayerPlan<Other> {
    let cell =
      Other.exist
      ? try RecurrentCell(file, module: module, plan) : RecurrentCell(gates: Int(plan.gates))
    let isDefault = cell.isDefault(gates: Int(plan.gates))
    if plan.gates == LSTMPlan.gates, isDefault { return .lstm(LSTMPlan(recurrent: plan)) }
    guard isDefault || !plan.isProjected else {
      throw file.failure(
        plan.projection.index,
        "a projection, expected none with peepholes, a clip, input_forget or other activations",
        code: LEAT_E_UNSUPPORTED)
    }
    var plan = plan
    plan.isLastGateSplit = Int(plan.gates) == GRUPlan.gates && cell.resetAfter
    guard let kind = Other.layer(recurrent: plan, cell) else {
      throw file.unknownKind(plan.hiddenWeight)
    }
    return .other(kind)
  }

  private func checkPresence(
    _ file: borrowing Safetensors, _ plan: RecurrentPlan
  ) throws(Failure) {
    let name = file.moduleName(module)
    let layer = layer
    func missing(_ stem: StaticString) -> Failure {
      file.explanation.failure(
        LEAT_E_MODEL, "tensor '\(stem)\(layer)' of recurrent module '\(name)' is missing")
    }
    if !plan.inputWeight.isPresent { throw missing("weight_ih_l") }
    if !plan.hiddenWeight.isPresent { throw missing("weight_hh_l") }
    if !plan.inputBias.isPresent, plan.hiddenBias.isPresent { throw missing("bias_ih_l") }
    if plan.inputBias.isPresent, !plan.hiddenBias.isPresent { throw missing("bias_hh_l") }
  }

  /// All layers of a module have the same sizes.
  private func checkSame(_ file: borrowing Safetensors, _ plan: RecurrentPlan) throws(Failure) {
    guard plan.hasBias == first.hasBias, plan.isProjected == first.isProjected else {
      throw file.failure(
        plan.inputWeight.index,
        "layer \(layer) has not the same biases and projection as layer 0")
    }
    guard plan.gates == first.gates, plan.hiddenSize == first.hiddenSize,
      plan.outputSize == first.outputSize
    else {
      let shape = file.tensors[plan.hiddenWeight.index].shape
      throw file.failure(
        plan.hiddenWeight.index, "shape \(shape), expected the same as layer 0's")
    }
  }
}
