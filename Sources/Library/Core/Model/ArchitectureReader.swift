// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Reads a file's architecture. All shapes must fit, and every tensor must be used: a model is
/// never loaded in part.
struct ArchitectureReader<Other: OtherLayers>: ~Copyable {
  private(set) var file: Safetensors
  private(set) var architecture: Architecture<Other>
  private var modules: Modules

  init(_ workspace: inout Workspace, _ explanation: Explanation) {
    file = Safetensors(&workspace, explanation)
    architecture = Architecture(&workspace)
    modules = Modules(&workspace, explanation)
  }

  mutating func readFile(_ bytes: ByteView) throws(Failure) {
    try file.readFile(bytes)
    try file.readTensorNames()
    let format = try MetadataCheck.format(file)
    try modules.readModules(file, Other.self, format: format)
    for index in 0..<modules.count { try readLayers(index) }
    try readNormalizer()
    try readDenormalizer()
    if format < 2 { try checkFormat1() }
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

  // MARK: Layers

  private mutating func readLayers(_ place: Int) throws(Failure) {
    let module = modules[place]
    switch module.contents {
    case .recurrent:
      var reader = RecurrentReader<Other>(
        file, module: module.tensor.index, isOnly: modules.recurrentCount == 1)
      while let plan = try reader.readLayer(file, inputSize: outputSize) { try append(plan) }
    case .stateless where module.kind != .prelu:
      try append(
        .linear(
          LinearPlan(
            file, module: module.tensor.index, module.activation, inputSize: outputSize)))
    default: try readOther(module)
    }
    try checkKind(module)
    let isInLayer = module.contents == .stateless && module.kind != .prelu
    if module.activation.activation != .none || module.contents == .activation, !isInLayer {
      try readActivation(module)
    }
    // A module, and what follows it up to the next one, have one value in the end.
    var owner = place
    while owner > 0, !modules[owner].tensor.isPresent { owner -= 1 }
    modules[owner].value = Int16(architecture.values.count - 1)
  }

  /// Layers that only the loader of all kinds knows.
  private mutating func readOther(_ module: Module) throws(Failure) {
    guard Other.exist else { throw file.unknownKind(module.tensor) }
    switch module.contents {
    case .batchNorm:
      let plan = try ScalePlan(file, batchNorm: module.tensor.index, size: outputSize)
      try append(Other.layer(scale: plan), module)
    case .sum: try readSum(module)
    case .stateless: try readPReLU(module)
    case .activation, .recurrent: break
    }
  }

  private mutating func readActivation(_ module: Module) throws(Failure) {
    guard Other.exist else { throw file.unknownKind(module.tensor) }
    let plan = ActivationPlan(module.activation, size: architecture.outputSize)
    try append(Other.layer(activation: plan), module)
  }

  private mutating func readPReLU(_ module: Module) throws(Failure) {
    let tensor = module.tensor.index
    let size = outputSize ?? Int(file.tensors[tensor].shape.sizes[0])
    try append(
      Other.layer(activation: try ActivationPlan(file, prelu: tensor, size: size)), module)
  }

  private mutating func readSum(_ module: Module) throws(Failure) {
    let value = module.source < 0 ? 0 : Int(modules[Int(module.source)].value)
    let most = architecture.values[value].size
    let size = module.sourceSize == 0 ? most : module.sourceSize
    guard size <= most else {
      throw file.explanation.failure(
        LEAT_E_MODEL, "leat.layers: a sum of the first \(size) elements of \(most)")
    }
    guard size == architecture.outputSize else {
      throw file.explanation.failure(
        LEAT_E_MODEL,
        "leat.layers: a sum of \(architecture.outputSize) elements and of \(size), expected as many of both"
      )
    }
    guard let plan = Other.layer(sum: SumPlan(size: size)) else {
      throw file.unknownKind(module.tensor)
    }
    guard architecture.append(sum: .other(plan), of: value) else {
      throw tooManyLayers(module.tensor)
    }
  }

  /// Compares the kind that `leat.layers` gives a module with what its tensors make it.
  private func checkKind(_ module: Module) throws(Failure) {
    guard let said = module.kind else { return }
    let kind = architecture.layers[architecture.layers.count - 1].plan.moduleKind
    guard said == kind else {
      throw file.failure(
        module.tensor.index,
        "its module is '\(said.word)' in leat.layers, expected '\(kind?.word ?? "none")' by its tensors"
      )
    }
  }

  /// Appends a layer of another kind, which the loader may not know.
  private mutating func append(_ plan: Other?, _ module: Module) throws(Failure) {
    guard let plan else { throw file.unknownKind(module.tensor) }
    try append(.other(plan))
  }

  private mutating func append(_ plan: LayerPlan<Other>) throws(Failure) {
    guard architecture.append(plan) else {
      throw tooManyLayers(plan.weight)
    }
  }

  private func tooManyLayers(_ tensor: TensorIndex) -> Failure {
    let most = Modules.most
    return tensor.isPresent
      ? file.failure(
        tensor.index, "found more layers, expected at most \(most) layers",
        code: LEAT_E_UNSUPPORTED)
      : file.explanation.failure(
        LEAT_E_UNSUPPORTED, "leat.layers: found more layers, expected at most \(most) layers")
  }

  /// The size of the last layer's output; nil before the first layer.
  private var outputSize: Int? {
    architecture.values.count > 0 ? architecture.outputSize : nil
  }

  // MARK: Normalizers

  private mutating func readNormalizer() throws(Failure) {
    guard
      let (mean, deviation) = try findPair(
        .inputMean, .inputDeviation, "input_mean and input_std, or input_min and input_range")
    else { return }
    try file.requireForEach(mean, architecture.inputSize)
    try file.requireForEach(deviation, architecture.inputSize)
    architecture.inputMean = mean
    architecture.inputDeviation = deviation
  }

  private mutating func readDenormalizer() throws(Failure) {
    guard
      let (mean, deviation) = try findPair(
        .outputMean, .outputDeviation, "output_mean and output_std, or output_min and output_range")
    else { return }
    guard Other.exist else { throw file.unknownKind(deviation) }
    let plan = try ScalePlan(
      file, deviation: deviation, mean: mean, size: architecture.outputSize)
    guard let layer = Other.layer(scale: plan) else { throw file.unknownKind(deviation) }
    guard architecture.append(.other(layer)) else {
      throw tooManyLayers(deviation)
    }
    architecture.hasDenormalizer = true
  }

  /// The first tensor of each role; nil if there is none of both.
  private func findPair(
    _ mean: TensorRole, _ deviation: TensorRole, _ names: StaticString
  ) throws(Failure) -> (TensorIndex, TensorIndex)? {
    var found = (mean: TensorIndex(), deviation: TensorIndex())
    for index in 0..<file.tensors.count {
      let role = file.tensors[index].role
      if role == mean, !found.mean.isPresent { found.mean = TensorIndex(index) }
      if role == deviation, !found.deviation.isPresent { found.deviation = TensorIndex(index) }
    }
    guard found.mean.isPresent || found.deviation.isPresent else { return nil }
    guard found.mean.isPresent, found.deviation.isPresent else {
      let present = found.mean.isPresent ? found.mean : found.deviation
      throw file.failure(present.index, "it is alone, expected \(names)")
    }
    return found
  }
}
