// SPDX-License-Identifier: MIT

/// An amplifier as Automated-GuitarAmpModelling trains it, for the programs of GuitarML and others:
/// a recurrent module `rec`, a linear layer `lin`, and the first `skip` inputs added to its output.
/// Inputs after the first are the amplifier's knobs.
struct SimpleRNN {
  /// `model_data`
  let model: [String: JSONValue]
  let tensors: [Tensor]

  /// Whether `model_data` says that this is one.
  static func describes(_ model: [String: JSONValue]) -> Bool {
    model["model"]?.text == "SimpleRNN" || model["model"] == nil && model["unit_type"] != nil
  }

  /// Its layers, as in `leat.layers`.
  func layers() throws -> String {
    let kinds: [String: RecurrentLayer.Kind] = ["LSTM": .lstm, "GRU": .gru, "RNN": .rnn]
    let unit = model["unit_type"] ?? .text("LSTM")
    guard let kind = kinds[unit.text?.uppercased() ?? ""] else {
      throw ModelFileError(
        "unit_type is \(unit.title), expected \"LSTM\", \"GRU\" or \"RNN\"; train the model with "
          + "one of those")
    }
    if let other = tensors.first(where: {
      !$0.name.hasPrefix("rec.") && !$0.name.hasPrefix("lin.")
    }) {
      throw ModelFileError("found tensor '\(other.name)', expected only those of rec and lin")
    }
    let input = try shape("rec.weight_ih_l0")
    let hidden = try shape("rec.weight_hh_l0")[1]
    let output = try shape("lin.weight")[0]
    guard input[0] == kind.gates * hidden else {
      throw ModelFileError(
        "rec.weight_ih_l0 is of shape \(input), expected [\(kind.gates * hidden), inputs] for "
          + "unit_type \(unit.title) and hidden_size \(hidden)")
    }
    let count = tensors.count(where: { $0.name.hasPrefix("rec.weight_ih_l") })
    for (name, found) in [
      ("input_size", input[1]), ("hidden_size", hidden), ("output_size", output),
      ("num_layers", count),
    ] {
      guard let said = model[name], said.integer != found else { continue }
      throw ModelFileError("\(name) is \(said.title), expected \(found), as in the state_dict")
    }
    let skip = try skip(inputs: input[1], outputs: output)
    return skip == 0 ? "rec lin" : "rec lin +input[0:\(skip)]"
  }

  /// For layers that were read without an error.
  var notes: [String] {
    var notes: [String] = []
    if let skip = model["skip"], !skip.isOff {
      notes.append(
        "skip is \(skip.title): as many inputs, from the first, are added to the output")
    }
    if let inputs = try? shape("rec.weight_ih_l0")[1], inputs > 1,
      (try? shape("lin.weight")[0]) == 1
    {
      notes.append("inputs after the first are the amplifier's knobs, as it was trained with them")
    }
    return notes
  }

  private func shape(_ name: String) throws -> [Int] {
    guard let tensor = tensors.first(where: { $0.name == name }) else {
      throw ModelFileError("found no tensor '\(name)', expected rec and lin of a SimpleRNN")
    }
    guard tensor.shape.count == 2 else {
      throw ModelFileError("'\(name)' is of shape \(tensor.shape), expected two axes")
    }
    return tensor.shape
  }

  private func skip(inputs: Int, outputs: Int) throws -> Int {
    guard let value = model["skip"], !value.isOff else { return 0 }
    guard let skip = value.integer, skip == outputs, skip <= inputs else {
      throw ModelFileError(
        "skip is \(value.title), expected 0, or \(outputs) as there are \(outputs) outputs and "
          + "\(inputs) inputs: a sum needs as many of both")
    }
    return skip
  }
}
