// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Reads a file's architecture. All shapes must fit, and every tensor must be used: a model is
/// never loaded in part.
struct ArchitectureReader: ~Copyable {
  private(set) var file: Safetensors
  private(set) var architecture: Architecture
  private var modules: Modules

  init(_ workspace: inout Workspace) {
    file = Safetensors(&workspace)
    architecture = Architecture(&workspace)
    modules = Modules(&workspace)
  }

  mutating func readFile(_ bytes: ByteView) throws(Failure) {
    try file.readFile(bytes)
    try file.readTensorNames()
    let format = try MetadataCheck.format(file)
    try modules.readModules(file, format: format)
    for index in 0..<modules.count { try readLayers(modules[index]) }
    if format < 2 { try checkFormat1() }
    try readNormalizer()
    for index in 0..<file.tensors.count where !file.tensors[index].isUsed {
      throw file.failure(index, "no layer uses it")
    }
    try MetadataCheck.checkEntries(file, architecture)
  }

  /// A kind of layer that `leat.format` 1 doesn't have, an older Leat would refuse. For
  /// activations, that was checked with `leat.layers`.
  private func checkFormat1() throws(Failure) {
    for index in 0..<architecture.layers.count {
      let plan = architecture.layers[index].plan
      guard plan.weight.isPresent, plan.orderInFormat1 == nil else { continue }
      throw file.failure(
        plan.weight.index, "a layer that needs metadata leat.format 2", code: LEAT_E_UNSUPPORTED)
    }
  }

  private mutating func readLayers(_ module: Module) throws(Failure) {
    if module.isRecurrent {
      var reader = RecurrentReader(
        file, module: module.tensor.index, isOnly: modules.recurrentCount == 1)
      while let plan = try reader.readLayer(file, inputSize: outputSize) { try append(plan) }
      if module.activation != .none { try append(module.activation) }
    } else if module.tensor.isPresent {
      let plan = try LinearPlan(
        file, module: module.tensor.index, module.activation, inputSize: outputSize)
      try append(.linear(plan))
    } else {
      try append(module.activation)
    }
  }

  private mutating func append(_ activation: Activation) throws(Failure) {
    try append(.activation(ActivationPlan(activation, size: architecture.outputSize)))
  }

  private mutating func append(_ plan: LayerPlan) throws(Failure) {
    guard architecture.append(plan) else {
      let most = Architecture.mostLayers
      throw plan.weight.isPresent
        ? file.failure(
          plan.weight.index, "found more layers, expected at most \(most) layers",
          code: LEAT_E_UNSUPPORTED)
        : Failure(
          LEAT_E_UNSUPPORTED, "leat.layers: found more layers, expected at most \(most) layers")
    }
  }

  /// The size of the last layer's output; nil before the first layer.
  private var outputSize: Int? {
    architecture.values.count > 0 ? architecture.outputSize : nil
  }

  private mutating func readNormalizer() throws(Failure) {
    for index in 0..<file.tensors.count {
      switch file.tensors[index].role {
      case .inputMean where !architecture.inputMean.isPresent:
        architecture.inputMean = TensorIndex(index)
      case .inputDeviation where !architecture.inputDeviation.isPresent:
        architecture.inputDeviation = TensorIndex(index)
      default: continue
      }
      try file.requireShape(TensorIndex(index), architecture.inputSize)
    }
    if architecture.inputMean.isPresent, !architecture.inputDeviation.isPresent {
      throw file.failure(architecture.inputMean.index, "input_mean without input_std")
    }
    if !architecture.inputMean.isPresent, architecture.inputDeviation.isPresent {
      throw file.failure(architecture.inputDeviation.index, "input_std without input_mean")
    }
  }
}
