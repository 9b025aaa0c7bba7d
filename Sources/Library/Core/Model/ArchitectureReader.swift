// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Makes out a file's architecture. Everything must fit and every tensor must have its use: a model
/// is never loaded in part.
struct ArchitectureReader: ~Copyable {
  private(set) var file: Safetensors
  var architecture: Architecture
  private var modules: Modules

  init(_ workspace: inout Workspace) {
    file = Safetensors(&workspace)
    architecture = Architecture(&workspace)
    modules = Modules(&workspace)
  }

  mutating func read(_ bytes: ByteView) throws(Failure) {
    try file.read(bytes)
    try nameTensors()
    let format = try MetadataCheck.format(file)
    try modules.read(file, format: format)
    for index in 0..<modules.count {
      let module = modules[index]
      if module.isRecurrent {
        var recurrent = RecurrentReader(module.tensor, isOnly: modules.recurrentCount == 1)
        try recurrent.read(&self)
        if module.activation != .none { try append(module.activation) }
      } else if module.tensor >= 0 {
        try readLinear(module)
      } else {
        try append(module.activation)
      }
    }
    if format < 2 { try checkFormat1() }
    try readNormalizer()
    for index in 0..<file.tensors.count where !file.tensors[index].isUsed {
      throw wrong(index, "no layer uses it")
    }
    try MetadataCheck.run(file, architecture)
  }

  func wrong(_ index: Int, _ what: Message, code: Int32 = LEAT_E_MODEL) -> Failure {
    Failure(code, "tensor '\(file.name(of: file.tensors[index]))': \(what)")
  }

  /// A kind of layer that the first version of the rules doesn't have, an older Leat would refuse. Of
  /// activations `leat.layers` told already.
  private func checkFormat1() throws(Failure) {
    for index in 0..<architecture.layers.count {
      let layer = architecture.layers[index]
      guard layer.module.isThere, layer.plan.turnInFormat1 == nil else { continue }
      throw wrong(
        layer.module.index, "a layer that needs metadata leat.format 2", code: LEAT_E_UNSUPPORTED)
    }
  }

  private mutating func nameTensors() throws(Failure) {
    for index in 0..<file.tensors.count {
      guard let name = Text(file.name(of: file.tensors[index])) else {
        throw wrong(index, "its name is too long", code: LEAT_E_UNSUPPORTED)
      }
      let parsed = ParsedName(name)
      file.tensors[index].role = parsed.role
      file.tensors[index].layer = Int32(parsed.layer)
      file.tensors[index].prefixCount = Int16(parsed.prefixCount)
    }
    for index in 0..<file.tensors.count {
      let tensor = file.tensors[index]
      switch tensor.role {
      case .reverse:
        throw wrong(
          index, "a bidirectional module needs the end of the sequence first, a stream has none",
          code: LEAT_E_UNSUPPORTED)
      case .unknown:
        throw wrong(index, "no layer uses it")
      default:
        if tensor.type == .i8, tensor.role.isWeight {
          try findScale(index)
        } else if !tensor.type.isFloat {
          throw wrong(
            index, "dtype \(tensor.type.name), expected F32, F16 or BF16", code: LEAT_E_UNSUPPORTED)
        }
      }
      for axis in 0..<min(Int(tensor.shape.rank), 3) {
        guard tensor.shape.sizes[axis] > 0 else {
          throw wrong(index, "shape \(tensor.shape), expected no size to be 0")
        }
        guard tensor.shape.sizes[axis] <= Architecture.largestSize else {
          throw wrong(
            index, "shape \(tensor.shape), expected sizes of at most \(Architecture.largestSize)",
            code: LEAT_E_UNSUPPORTED)
        }
      }
    }
  }

  /// Finds the scales of a weight of integers: the tensor with the same name and `_scale` behind it.
  private func findScale(_ index: Int) throws(Failure) {
    let name = file.name(of: file.tensors[index])
    guard var scaleName = Text(name), scaleName.append("_scale") else {
      throw wrong(index, "its name is too long", code: LEAT_E_UNSUPPORTED)
    }
    let shape = file.tensors[index].shape
    guard shape.rank == 2 else { throw wrong(index, "shape \(shape), expected [rows, columns]") }
    for scale in 0..<file.tensors.count
    where file.tensors[scale].role == .scale && file.isNamed(scale, scaleName) {
      let scaleShape = file.tensors[scale].shape
      let rows = Int(shape.sizes[0])
      guard scaleShape.isEqual(rows) || scaleShape.isEqual(rows, 1) else {
        throw wrong(scale, "shape \(scaleShape), expected [\(rows)], a scale for each row")
      }
      guard shape.sizes[1] <= QuantizedRecord.maximumColumns else {
        throw wrong(
          index, "shape \(shape), expected at most \(QuantizedRecord.maximumColumns) columns",
          code: LEAT_E_UNSUPPORTED)
      }
      file.tensors[scale].isUsed = true
      file.tensors[index].scale = Int16(scale)
      return
    }
    throw wrong(
      index, "dtype I8 without a tensor '\(scaleName)' that holds a scale for each row",
      code: LEAT_E_UNSUPPORTED)
  }

  /// The tensor of a role in the module of tensor `module`, or none.
  func find(_ role: TensorRole, _ module: Int, layer: Int = 0) -> TensorPlace {
    for index in 0..<file.tensors.count {
      let tensor = file.tensors[index]
      if tensor.role == role, Int(tensor.layer) == layer, file.isSameModule(index, module) {
        return TensorPlace(index)
      }
    }
    return TensorPlace()
  }

  /// Marks a tensor as used.
  mutating func use(_ tensor: TensorPlace) { file.tensors[tensor.index].isUsed = true }

  /// Marks a tensor as used, which must have the shape given.
  mutating func use(_ tensor: TensorPlace, _ rows: Int, _ columns: Int) throws(Failure) {
    let shape = file.tensors[tensor.index].shape
    guard shape.isEqual(rows, columns) else {
      throw wrong(tensor.index, "shape \(shape), expected [\(rows), \(columns)]")
    }
    use(tensor)
  }

  mutating func use(_ tensor: TensorPlace, _ rows: Int) throws(Failure) {
    let shape = file.tensors[tensor.index].shape
    guard shape.isEqual(rows) else {
      throw wrong(tensor.index, "shape \(shape), expected [\(rows)]")
    }
    use(tensor)
  }

  // MARK: The list

  private func tooMany(_ tensor: Int) -> Failure {
    tensor >= 0
      ? wrong(
        tensor, "expected at most \(Architecture.mostLayers) layers", code: LEAT_E_UNSUPPORTED)
      : Failure(
        LEAT_E_UNSUPPORTED, "leat.layers: expected at most \(Architecture.mostLayers) layers")
  }

  /// Adds a layer that reads the one before. `tensor` is one of its own, `inputSize` what it reads.
  mutating func append(_ plan: LayerPlan, tensor: Int, inputSize: Int) throws(Failure) {
    if architecture.values.count == 0 { architecture.begin(inputSize: inputSize) }
    guard architecture.append(plan, module: TensorPlace(tensor)) else { throw tooMany(tensor) }
  }

  private mutating func append(_ activation: Activation) throws(Failure) {
    let plan = ActivationPlan(activation, size: architecture.outputSize)
    guard architecture.append(.activation(plan), module: TensorPlace()) else { throw tooMany(-1) }
  }

  /// What the layer before puts out; nil of the first one.
  var width: Int? { architecture.values.count > 0 ? architecture.outputSize : nil }

  // MARK: nn.Linear, normalizer

  private mutating func readLinear(_ module: Module) throws(Failure) {
    var plan = LinearPlan()
    plan.weight = find(.weight, module.tensor)
    plan.bias = find(.bias, module.tensor)
    plan.activation = module.activation
    guard plan.weight.isThere else { throw wrong(plan.bias.index, "a bias without a weight") }
    let shape = file.tensors[plan.weight.index].shape
    plan.inputSize = width ?? Int(shape.sizes[1])
    guard shape.rank == 2, shape.sizes[1] == plan.inputSize else {
      throw wrong(
        plan.weight.index,
        "shape \(shape), expected [out_features, \(plan.inputSize)], as the layer before puts out"
      )
    }
    plan.outputSize = Int(shape.sizes[0])
    plan.type = file.weightType(plan.weight.index)
    use(plan.weight)
    if plan.bias.isThere { try use(plan.bias, plan.outputSize) }
    try append(.linear(plan), tensor: plan.weight.index, inputSize: plan.inputSize)
  }

  private mutating func readNormalizer() throws(Failure) {
    for index in 0..<file.tensors.count {
      switch file.tensors[index].role {
      case .inputMean where !architecture.inputMean.isThere:
        architecture.inputMean = TensorPlace(index)
      case .inputDeviation where !architecture.inputDeviation.isThere:
        architecture.inputDeviation = TensorPlace(index)
      default: continue
      }
      try use(TensorPlace(index), architecture.inputSize)
    }
    if architecture.inputMean.isThere, !architecture.inputDeviation.isThere {
      throw wrong(architecture.inputMean.index, "input_mean without input_std")
    }
    if !architecture.inputMean.isThere, architecture.inputDeviation.isThere {
      throw wrong(architecture.inputDeviation.index, "input_std without input_mean")
    }
  }
}
