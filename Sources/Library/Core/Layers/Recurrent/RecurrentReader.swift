// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Reads a recurrent module: one layer, or as many as `num_layers`.
struct RecurrentReader {
  /// A tensor of the module.
  private let module: Int
  /// Whether no other module is recurrent.
  private let isOnly: Bool
  private var initialHidden = TensorPlace()
  private var initialCell = TensorPlace()

  init(_ module: Int, isOnly: Bool) {
    self.module = module
    self.isOnly = isOnly
  }

  /// Adds its layers to the list.
  mutating func read(_ reader: inout ArchitectureReader) throws(Failure) {
    var layers = 0
    for index in 0..<reader.file.tensors.count {
      let tensor = reader.file.tensors[index]
      if tensor.role.isRecurrent, reader.file.isSameModule(index, module) {
        layers = max(layers, Int(tensor.layer) + 1)
      }
    }
    findInitialState(reader)
    var first = RecurrentPlan()
    for layer in 0..<layers {
      var plan = RecurrentPlan()
      plan.row = Int16(clamping: layer)
      plan.inputWeight = reader.find(.inputWeight, module, layer: layer)
      plan.hiddenWeight = reader.find(.hiddenWeight, module, layer: layer)
      plan.inputBias = reader.find(.inputBias, module, layer: layer)
      plan.hiddenBias = reader.find(.hiddenBias, module, layer: layer)
      plan.projection = reader.find(.projection, module, layer: layer)
      try checkPresence(plan, layer, reader)
      try readShapes(&plan, &reader)
      if layer > 0 { try checkSame(plan, first, layer, reader) } else { first = plan }
      plan.initialHidden = initialHidden
      plan.initialCell = initialCell
      guard let kind = LayerPlan.recurrent(plan) else { throw unknownKind(plan, reader) }
      try reader.append(kind, tensor: plan.inputWeight.index, inputSize: plan.inputSize)
    }
    try useInitialState(first, layers, &reader)
  }

  private func unknownKind(_ plan: RecurrentPlan, _ reader: borrowing ArchitectureReader) -> Failure
  {
    reader.wrong(
      plan.hiddenWeight.index,
      "shape \(reader.file.tensors[plan.hiddenWeight.index].shape), expected [4 * hidden_size, hidden_size]"
    )
  }

  private func checkPresence(
    _ plan: RecurrentPlan, _ layer: Int, _ reader: borrowing ArchitectureReader
  ) throws(Failure) {
    let name = reader.file.moduleName(module)
    func missing(_ stem: StaticString) -> Failure {
      Failure(LEAT_E_MODEL, "tensor '\(stem)\(layer)' of recurrent module '\(name)' is missing")
    }
    if !plan.inputWeight.isThere { throw missing("weight_ih_l") }
    if !plan.hiddenWeight.isThere { throw missing("weight_hh_l") }
    if !plan.inputBias.isThere, plan.hiddenBias.isThere { throw missing("bias_ih_l") }
    if plan.inputBias.isThere, !plan.hiddenBias.isThere { throw missing("bias_hh_l") }
  }

  /// All layers of a module are alike.
  private func checkSame(
    _ plan: RecurrentPlan, _ first: RecurrentPlan, _ layer: Int,
    _ reader: borrowing ArchitectureReader
  ) throws(Failure) {
    guard plan.hasBias == first.hasBias, plan.isProjected == first.isProjected else {
      throw reader.wrong(
        plan.inputWeight.index,
        "layer \(layer) has not the same biases and projection as layer 0")
    }
    guard plan.gates == first.gates, plan.hiddenSize == first.hiddenSize,
      plan.outputSize == first.outputSize
    else {
      throw reader.wrong(
        plan.hiddenWeight.index,
        "shape \(reader.file.tensors[plan.hiddenWeight.index].shape), expected the same as layer 0's"
      )
    }
  }

  // MARK: Shapes

  private func readShapes(
    _ plan: inout RecurrentPlan, _ reader: inout ArchitectureReader
  ) throws(Failure) {
    let shape = reader.file.tensors[plan.inputWeight.index].shape
    plan.gates = gates(plan, reader)
    plan.hasCell = plan.gates == 4
    guard shape.rank == 2, Int(shape.sizes[0]) % Int(plan.gates) == 0 else {
      throw reader.wrong(
        plan.inputWeight.index,
        "shape \(shape), expected [\(Int(plan.gates)) * hidden_size, input_size]")
    }
    plan.hiddenSize = Int(shape.sizes[0]) / Int(plan.gates)
    plan.inputSize = Int(shape.sizes[1])
    plan.outputSize = plan.hiddenSize
    if plan.isProjected {
      let projection = reader.file.tensors[plan.projection.index].shape
      guard projection.rank == 2, projection.sizes[1] == plan.hiddenSize,
        projection.sizes[0] < plan.hiddenSize
      else {
        throw reader.wrong(
          plan.projection.index,
          "shape \(projection), expected [proj_size, \(plan.hiddenSize)], proj_size below hidden_size"
        )
      }
      plan.outputSize = Int(projection.sizes[0])
      reader.use(plan.projection)
    }
    plan.type = try gateType(plan, reader)
    try reader.use(plan.inputWeight, plan.rows, reader.width ?? plan.inputSize)
    try reader.use(plan.hiddenWeight, plan.rows, plan.outputSize)
    if plan.hasBias {
      try reader.use(plan.inputBias, plan.rows)
      try reader.use(plan.hiddenBias, plan.rows)
    }
  }

  /// Rows of weight_hh for each unit; an LSTM's 4 with a projection, or where the shapes are none of any
  /// kind's.
  private func gates(_ plan: RecurrentPlan, _ reader: borrowing ArchitectureReader) -> UInt8 {
    let input = reader.file.tensors[plan.inputWeight.index].shape
    let shape = reader.file.tensors[plan.hiddenWeight.index].shape
    guard !plan.isProjected, shape.rank == 2, shape.sizes[0] == input.sizes[0],
      shape.sizes[0] % max(shape.sizes[1], 1) == 0
    else { return 4 }
    var probe = plan
    probe.gates = UInt8(clamping: shape.sizes[0] / max(shape.sizes[1], 1))
    return LayerPlan.recurrent(probe) == nil ? 4 : probe.gates
  }

  /// How the weights of the gates are in memory: as they come, if both come so.
  private func gateType(
    _ plan: RecurrentPlan, _ reader: borrowing ArchitectureReader
  ) throws(Failure) -> WeightType {
    let input = reader.file.weightType(plan.inputWeight.index)
    let hidden = reader.file.weightType(plan.hiddenWeight.index)
    guard (input == .int8) == (hidden == .int8) else {
      let tensor = input == .int8 ? plan.hiddenWeight : plan.inputWeight
      throw reader.wrong(
        tensor.index,
        "dtype \(reader.file.tensors[tensor.index].type.name), expected weight_ih and weight_hh both I8",
        code: LEAT_E_UNSUPPORTED)
    }
    return input == hidden ? input : .float32
  }

  // MARK: h0 and c0

  /// The module's own, or, of the only recurrent one, those of any module.
  private mutating func findInitialState(_ reader: borrowing ArchitectureReader) {
    initialHidden = reader.find(.initialHidden, module)
    initialCell = reader.find(.initialCell, module)
    guard isOnly else { return }
    for index in 0..<reader.file.tensors.count {
      let role = reader.file.tensors[index].role
      if !initialHidden.isThere, role == .initialHidden { initialHidden = TensorPlace(index) }
      if !initialCell.isThere, role == .initialCell { initialCell = TensorPlace(index) }
    }
  }

  private func useInitialState(
    _ first: RecurrentPlan, _ layers: Int, _ reader: inout ArchitectureReader
  ) throws(Failure) {
    guard initialHidden.isThere || initialCell.isThere else { return }
    guard initialHidden.isThere else { throw reader.wrong(initialCell.index, "c0 without h0") }
    guard initialCell.isThere == first.hasCell else {
      throw first.hasCell
        ? reader.wrong(initialHidden.index, "h0 without c0")
        : reader.wrong(initialCell.index, "its module has no c")
    }
    try useState(initialHidden, layers, first.outputSize, &reader)
    if first.hasCell { try useState(initialCell, layers, first.hiddenSize, &reader) }
  }

  /// [layers, size], PyTorch's [layers, 1, size], or [size] of a single layer.
  private func useState(
    _ tensor: TensorPlace, _ layers: Int, _ size: Int, _ reader: inout ArchitectureReader
  ) throws(Failure) {
    let shape = reader.file.tensors[tensor.index].shape
    let isBatched =
      shape.rank == 3 && shape.sizes[0] == layers && shape.sizes[1] == 1 && shape.sizes[2] == size
    guard isBatched || shape.isEqual(layers, size) || (layers == 1 && shape.isEqual(size)) else {
      throw reader.wrong(
        tensor.index, "shape \(shape), expected [\(layers), \(size)] or [\(layers), 1, \(size)]")
    }
    reader.use(tensor)
  }
}
