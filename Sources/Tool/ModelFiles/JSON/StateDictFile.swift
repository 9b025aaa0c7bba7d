// SPDX-License-Identifier: MIT

import FoundationEssentials

/// A PyTorch state_dict as JSON, which RTNeural reads as well: an object of names and nested
/// arrays, alone or under the key `state_dict` beside `model_data`.
///
/// JSON objects have no order, and a state_dict has no activations. So with linear layers the user
/// has to give both, except for a SimpleRNN, which `model_data` describes.
public enum StateDictFile {
  /// - Parameter layers: as in `leat.layers`
  public static func convert(_ bytes: Data, layers: String?) throws -> Conversion {
    let file = try JSONValue.read(bytes)
    var result = Conversion()
    var dictionary = file
    if case .object(let inner)? = file["state_dict"] {
      dictionary = inner
      for (key, value) in file.sorted(by: { $0.key < $1.key }) where key != "state_dict" {
        guard case .object(let members) = value else {
          result.note("'\(key)' isn't kept: \(value.title)")
          continue
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
          result.keep("\(key).\(name)", value)
        }
      }
    }
    var tensors: [Tensor] = []
    for (name, value) in dictionary.sorted(by: { $0.key < $1.key }) {
      guard let (shape, values) = value.tensor() else {
        throw ModelFileError(
          "'\(name)' is \(value.title), expected nested arrays of numbers: a state_dict")
      }
      tensors.append(Tensor(name: name, shape: shape, floats: values))
    }
    guard !tensors.isEmpty else { throw ModelFileError("there are no tensors in it") }
    let stateDict = StateDict(tensors, order: .unknown)
    var order = layers
    if case .object(let model)? = file["model_data"] {
      order = try self.layers(model, given: layers, stateDict, &result)
    }
    let notes = result.notes
    result = try stateDict.conversion(layers: order, metadata: result.metadata)
    result.notes = notes + result.notes
    result.metadata["source.format"] = "state_dict as JSON"
    return result
  }

  /// The layers that `model_data` describes, or else those that the user gave.
  private static func layers(
    _ model: [String: JSONValue], given: String?, _ stateDict: StateDict,
    _ result: inout Conversion
  ) throws -> String? {
    try AIDAXSurroundings.refuse(
      ["in_skip", "in_gain", "out_gain", "input_gain", "output_gain"], in: model)
    guard SimpleRNN.describes(model) else {
      try refuseSkip(model, given: given, stateDict)
      guard given == nil, let name = model["model"] else { return given }
      throw ModelFileError(
        "model is \(name.title), expected \"SimpleRNN\"; if it is a chain of layers, give them in "
          + "order: --layers \"\(stateDict.proposedLayers)\"")
    }
    let amplifier = SimpleRNN(model: model, tensors: stateDict.tensors)
    let layers = try amplifier.layers()
    if let given, given.split(separator: " ") != layers.split(separator: " ") {
      throw ModelFileError(
        "found layers \"\(given)\", expected \"\(layers)\", as model_data says; leave them out")
    }
    amplifier.notes.forEach { result.note($0) }
    return layers
  }

  /// Of another model than a SimpleRNN the user has to say what is added, and where.
  private static func refuseSkip(
    _ model: [String: JSONValue], given: String?, _ stateDict: StateDict
  ) throws {
    guard let skip = model["skip"], !skip.isOff,
      !(given ?? "").split(separator: " ").contains(where: { $0.hasPrefix("+") })
    else { return }
    let first = skip.integer.map { "[0:\($0)]" } ?? ""
    throw ModelFileError(
      "skip is \(skip.title), expected 0, as model is \(model["model"]?.title ?? "missing") and not "
        + "\"SimpleRNN\"; if so many inputs are added to the output, give the layers in order with "
        + "the sum: --layers \"\(stateDict.proposedLayers) +input\(first)\"")
  }
}
