// SPDX-License-Identifier: MIT

import CLeat
import LeatBytes
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
    try modules.read(file)
    for index in 0..<modules.count {
      if modules[index].isLSTM {
        try readLSTM(modules[index].tensor, isOnly: modules.lstmCount == 1)
      } else {
        try readLinear(modules[index])
      }
    }
    try readNormalizer()
    for index in 0..<file.tensors.count where !file.tensors[index].isUsed {
      throw wrong(index, "no layer uses it")
    }
    try MetadataCheck.run(file, modules, architecture)
  }

  private func wrong(_ index: Int, _ what: Message, code: Int32 = LEAT_E_MODEL) -> Failure {
    Failure(code, "tensor '\(file.name(of: file.tensors[index]))': \(what)")
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
          index, "a bidirectional nn.LSTM needs the end of the sequence first, a stream has none",
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
      guard shape.sizes[1] <= LSTMRecord.Quantized.maximumColumns else {
        throw wrong(
          index, "shape \(shape), expected at most \(LSTMRecord.Quantized.maximumColumns) columns",
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

  /// How the weights of the gates stand in memory: as they come, if both come so.
  private func gateType(_ plan: LSTMPlan) throws(Failure) -> WeightType {
    let input = file.weightType(plan.inputWeight)
    let hidden = file.weightType(plan.hiddenWeight)
    guard (input == .int8) == (hidden == .int8) else {
      let index = input == .int8 ? plan.hiddenWeight : plan.inputWeight
      throw wrong(
        index, "dtype \(file.tensors[index].type.name), expected weight_ih and weight_hh both I8",
        code: LEAT_E_UNSUPPORTED)
    }
    return input == hidden ? input : .float32
  }

  /// The tensor of a role in the module of tensor `module`, or -1.
  private func find(_ role: TensorRole, _ module: Int, layer: Int = 0) -> Int {
    for index in 0..<file.tensors.count {
      let tensor = file.tensors[index]
      if tensor.role == role, Int(tensor.layer) == layer, file.isSameModule(index, module) {
        return index
      }
    }
    return -1
  }

  /// Marks a tensor as used, which must have the shape given.
  private mutating func use(_ index: Int, _ rows: Int, _ columns: Int) throws(Failure) {
    let shape = file.tensors[index].shape
    guard shape.isEqual(rows, columns) else {
      throw wrong(index, "shape \(shape), expected [\(rows), \(columns)]")
    }
    file.tensors[index].isUsed = true
  }

  private mutating func use(_ index: Int, _ rows: Int) throws(Failure) {
    let shape = file.tensors[index].shape
    guard shape.isEqual(rows) else { throw wrong(index, "shape \(shape), expected [\(rows)]") }
    file.tensors[index].isUsed = true
  }

  // MARK: nn.LSTM

  private mutating func readLSTM(_ module: Int, isOnly: Bool) throws(Failure) {
    var layers = 0
    for index in 0..<file.tensors.count {
      let tensor = file.tensors[index]
      if tensor.role.isLSTM, file.isSameModule(index, module) {
        layers = max(layers, Int(tensor.layer) + 1)
      }
    }
    let first = architecture.lstms.count
    for layer in 0..<layers {
      var plan = LSTMPlan()
      plan.row = layer
      plan.inputWeight = find(.inputWeight, module, layer: layer)
      plan.hiddenWeight = find(.hiddenWeight, module, layer: layer)
      plan.inputBias = find(.inputBias, module, layer: layer)
      plan.hiddenBias = find(.hiddenBias, module, layer: layer)
      plan.projection = find(.projection, module, layer: layer)
      try checkPresence(plan, module, layer)
      try readShapes(&plan)
      if layer > 0 {
        let below = architecture.lstms[first]
        guard plan.hasBias == below.hasBias, plan.isProjected == below.isProjected else {
          throw wrong(
            plan.inputWeight, "layer \(layer) has not the same biases and projection as layer 0")
        }
        guard plan.hiddenSize == below.hiddenSize, plan.outputSize == below.outputSize else {
          throw wrong(
            plan.hiddenWeight,
            "shape \(file.tensors[plan.hiddenWeight].shape), expected the same as layer 0's")
        }
      }
      guard architecture.lstms.append(plan) else {
        throw wrong(
          plan.inputWeight, "expected at most \(Architecture.mostLayers) layers",
          code: LEAT_E_UNSUPPORTED)
      }
    }
    try readInitialState(module, first: first, layers: layers, isOnly: isOnly)
  }

  private func checkPresence(
    _ plan: LSTMPlan, _ module: Int, _ layer: Int
  ) throws(Failure) {
    let name = file.moduleName(module)
    func missing(_ stem: StaticString) -> Failure {
      Failure(LEAT_E_MODEL, "tensor '\(stem)\(layer)' of nn.LSTM '\(name)' is missing")
    }
    if plan.inputWeight < 0 { throw missing("weight_ih_l") }
    if plan.hiddenWeight < 0 { throw missing("weight_hh_l") }
    if plan.inputBias < 0, plan.hiddenBias >= 0 { throw missing("bias_ih_l") }
    if plan.inputBias >= 0, plan.hiddenBias < 0 { throw missing("bias_hh_l") }
  }

  private mutating func readShapes(_ plan: inout LSTMPlan) throws(Failure) {
    let shape = file.tensors[plan.inputWeight].shape
    guard shape.rank == 2, shape.sizes[0] % 4 == 0 else {
      throw wrong(
        plan.inputWeight, "shape \(shape), expected [4 * hidden_size, input_size]")
    }
    plan.hiddenSize = Int(shape.sizes[0]) / 4
    plan.inputSize = Int(shape.sizes[1])
    plan.outputSize = plan.hiddenSize
    if plan.isProjected {
      let projection = file.tensors[plan.projection].shape
      guard projection.rank == 2, projection.sizes[1] == plan.hiddenSize,
        projection.sizes[0] < plan.hiddenSize
      else {
        throw wrong(
          plan.projection,
          "shape \(projection), expected [proj_size, \(plan.hiddenSize)], proj_size below hidden_size"
        )
      }
      plan.outputSize = Int(projection.sizes[0])
      file.tensors[plan.projection].isUsed = true
    }
    plan.type = try gateType(plan)
    let rows = 4 * plan.hiddenSize
    let width = architecture.lstms.count > 0 ? architecture.outputSize : plan.inputSize
    try use(plan.inputWeight, rows, width)
    try use(plan.hiddenWeight, rows, plan.outputSize)
    if plan.hasBias {
      try use(plan.inputBias, rows)
      try use(plan.hiddenBias, rows)
    }
  }

  /// h0 and c0 of a module: its own, or, of the only nn.LSTM, those of any module.
  private mutating func readInitialState(
    _ module: Int, first: Int, layers: Int, isOnly: Bool
  ) throws(Failure) {
    var hidden = find(.initialHidden, module)
    var cell = find(.initialCell, module)
    if isOnly {
      for index in 0..<file.tensors.count {
        if hidden < 0, file.tensors[index].role == .initialHidden { hidden = index }
        if cell < 0, file.tensors[index].role == .initialCell { cell = index }
      }
    }
    guard hidden >= 0 || cell >= 0 else { return }
    guard hidden >= 0 else { throw wrong(cell, "c0 without h0") }
    guard cell >= 0 else { throw wrong(hidden, "h0 without c0") }
    try useState(hidden, layers, architecture.lstms[first].outputSize)
    try useState(cell, layers, architecture.lstms[first].hiddenSize)
    for layer in first..<first + layers {
      architecture.lstms[layer].initialHidden = hidden
      architecture.lstms[layer].initialCell = cell
    }
  }

  /// [layers, size], PyTorch's [layers, 1, size], or [size] of a single layer.
  private mutating func useState(_ index: Int, _ layers: Int, _ size: Int) throws(Failure) {
    let shape = file.tensors[index].shape
    let isBatched =
      shape.rank == 3 && shape.sizes[0] == layers && shape.sizes[1] == 1 && shape.sizes[2] == size
    guard isBatched || shape.isEqual(layers, size) || (layers == 1 && shape.isEqual(size)) else {
      throw wrong(
        index, "shape \(shape), expected [\(layers), \(size)] or [\(layers), 1, \(size)]")
    }
    file.tensors[index].isUsed = true
  }

  // MARK: nn.Linear, normalizer

  private mutating func readLinear(_ module: Module) throws(Failure) {
    var plan = LinearPlan()
    plan.weight = find(.weight, module.tensor)
    plan.bias = find(.bias, module.tensor)
    plan.activation = module.activation
    guard plan.weight >= 0 else { throw wrong(plan.bias, "a bias without a weight") }
    let shape = file.tensors[plan.weight].shape
    plan.inputSize = architecture.outputSize
    guard shape.rank == 2, shape.sizes[1] == plan.inputSize else {
      throw wrong(
        plan.weight,
        "shape \(shape), expected [out_features, \(plan.inputSize)], as the layer before puts out"
      )
    }
    plan.outputSize = Int(shape.sizes[0])
    file.tensors[plan.weight].isUsed = true
    if plan.bias >= 0 { try use(plan.bias, plan.outputSize) }
    guard architecture.linears.append(plan) else {
      throw wrong(
        plan.weight, "expected at most \(Architecture.mostLayers) nn.Linear",
        code: LEAT_E_UNSUPPORTED)
    }
  }

  private mutating func readNormalizer() throws(Failure) {
    for index in 0..<file.tensors.count {
      switch file.tensors[index].role {
      case .inputMean where architecture.inputMean < 0: architecture.inputMean = index
      case .inputDeviation where architecture.inputDeviation < 0:
        architecture.inputDeviation = index
      default: continue
      }
      try use(index, architecture.inputSize)
    }
    if architecture.inputMean >= 0, architecture.inputDeviation < 0 {
      throw wrong(architecture.inputMean, "input_mean without input_std")
    }
    if architecture.inputMean < 0, architecture.inputDeviation >= 0 {
      throw wrong(architecture.inputDeviation, "input_std without input_mean")
    }
  }
}
