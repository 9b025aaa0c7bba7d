// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// What a recurrent layer computes from its sums, where it isn't PyTorch's default: the arguments
/// of ONNX and Keras that weights don't show. The metadata `leat.MODULE.ARGUMENT` has them.
struct RecurrentCell: BitwiseCopyable {
  /// Of i, f and o of an LSTM, of r and z of a GRU; none of an RNN.
  var recurrentActivation: ChosenActivation
  /// Of g of an LSTM, of n of a GRU, of the h of an RNN.
  var activation = ChosenActivation(.tanh)
  /// Of the c that becomes h of an LSTM; none of others.
  var outputActivation: ChosenActivation
  /// The largest magnitude of what an activation gets; 0 for no limit.
  var clip: Float = 0
  /// f = 1 - i.
  var inputForget = false
  /// A GRU's reset gate acts after the product of weight_hh.
  var resetAfter = true
  /// [3H] of an LSTM: rows of i, f and o.
  var peephole = TensorIndex()

  /// PyTorch's cell with so many gates.
  init(gates: Int) {
    recurrentActivation = ChosenActivation(gates == RNNPlan.gates ? .none : .sigmoid)
    outputActivation = ChosenActivation(gates == LSTMPlan.gates ? .tanh : .none)
  }

  /// Whether the cell is PyTorch's, for which there is a faster kernel.
  func isDefault(gates: Int) -> Bool {
    let pytorch = RecurrentCell(gates: gates)
    return recurrentActivation.activation == pytorch.recurrentActivation.activation
      && activation.activation == pytorch.activation.activation
      && outputActivation.activation == pytorch.outputActivation.activation
      && clip == 0 && !inputForget && resetAfter && !peephole.isPresent
  }
}

extension RecurrentCell {
  /// Whether a module with so many gates has the argument, which was read then.
  static func hasArgument(_ argument: Text, gates: Int) -> Bool {
    switch argument {
    case "clip": true
    case "nonlinearity": gates == 1
    case "reset_after": gates == 3
    case "recurrent_activation", "activation": gates != 1
    case "output_activation", "input_forget": gates == 4
    default: false
    }
  }

  /// Reads the arguments of the module of tensor `module`, and its peepholes.
  init(
    _ file: borrowing Safetensors, module: Int, _ plan: RecurrentPlan
  ) throws(Failure) {
    self.init(gates: Int(plan.gates))
    switch plan.gates {
    case 1:
      if let chosen = try RecurrentCell.activation(file, "nonlinearity", module) {
        activation = chosen
      }
      clip = try RecurrentCell.clip(file, module)
    case 3:
      try readActivations(file, module)
      resetAfter = try RecurrentCell.flag(file, "reset_after", module) ?? true
    default:
      try readActivations(file, module)
      outputActivation =
        try RecurrentCell.activation(file, "output_activation", module) ?? activation
      inputForget = try RecurrentCell.flag(file, "input_forget", module) ?? false
    }
    peephole = file.findTensor(.peephole, module, layer: Int(plan.row))
    guard peephole.isPresent else { return }
    guard plan.hasCell else { throw file.failure(peephole.index, "its module has no c") }
    try file.requireShape(peephole, 3 * plan.hiddenSize)
  }

  private mutating func readActivations(
    _ file: borrowing Safetensors, _ module: Int
  ) throws(Failure) {
    if let chosen = try RecurrentCell.activation(file, "recurrent_activation", module) {
      recurrentActivation = chosen
    }
    if let chosen = try RecurrentCell.activation(file, "activation", module) {
      activation = chosen
    }
    clip = try RecurrentCell.clip(file, module)
  }

  private static func activation(
    _ file: borrowing Safetensors, _ argument: StaticString, _ module: Int
  ) throws(Failure) -> ChosenActivation? {
    guard let entry = file.argument(argument, ofModule: module) else { return nil }
    if let word = Text(entry.value), let chosen = ChosenActivation(word) {
      switch chosen.activation {
      case .sigmoid, .hardSigmoid, .tanh, .softsign, .relu, .none: return chosen
      default: break
      }
    }
    throw file.explanation.failure(
      LEAT_E_UNSUPPORTED,
      "metadata '\(entry.key)' is '\(entry.value)', expected sigmoid, hard_sigmoid, tanh, softsign, relu or none"
    )
  }

  private static func flag(
    _ file: borrowing Safetensors, _ argument: StaticString, _ module: Int
  ) throws(Failure) -> Bool? {
    guard let entry = file.argument(argument, ofModule: module) else { return nil }
    if entry.value == "True" { return true }
    if entry.value == "False" { return false }
    throw file.explanation.failure(
      LEAT_E_MODEL, "metadata '\(entry.key)' is '\(entry.value)', expected True or False")
  }

  private static func clip(
    _ file: borrowing Safetensors, _ module: Int
  ) throws(Failure) -> Float {
    guard let entry = file.argument("clip", ofModule: module) else { return 0 }
    guard let value = Text(entry.value)?.decimal, value >= 0x1p-20, value <= 0x1p100 else {
      throw file.explanation.failure(
        LEAT_E_MODEL,
        "metadata '\(entry.key)' is '\(entry.value)', expected a number of 2^-20 to 2^100")
    }
    return Float(value)
  }
}
