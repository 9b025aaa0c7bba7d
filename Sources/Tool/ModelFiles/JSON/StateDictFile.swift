// SPDX-License-Identifier: MIT

import FoundationEssentials

/// A PyTorch state_dict as JSON, which RTNeural reads as well: an object of names and nested
/// arrays, alone or under the key `state_dict` beside `model_data`.
///
/// The tensors keep their names and go to the library as they are. JSON objects have no order, and
/// a state_dict has no activations, so with linear layers the user has to give both.
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
        try check(members)
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
          result.keep("\(key).\(name)", value)
        }
      }
    }
    for (name, value) in dictionary.sorted(by: { $0.key < $1.key }) {
      guard let (shape, values) = value.tensor() else {
        throw ModelFileError(
          "'\(name)' is \(value.title), expected nested arrays of numbers: a state_dict")
      }
      result.tensors.append(Tensor(name: name, shape: shape, floats: values))
      result.parts.append(Conversion.Part(source: name, tensors: [name]))
    }
    guard !result.tensors.isEmpty else { throw ModelFileError("there are no tensors in it") }
    if let layers {
      result.set(layers: layers)
    } else if let linear = result.tensors.first(where: {
      $0.shape.count == 2 && ($0.name == "weight" || $0.name.hasSuffix(".weight"))
    }) {
      throw ModelFileError(
        "'\(linear.name)' may come before the LSTM or after it: JSON objects have no order, and a "
          + "state_dict has no activations; expected layers in order, with "
          + "activations: \"lstm head:sigmoid\""
      )
    }
    result.metadata["source.format"] = "state_dict as JSON"
    return result
  }

  private static func check(_ model: [String: JSONValue]) throws {
    if let unit = model["unit_type"]?.text, unit.uppercased() != "LSTM" {
      throw ModelFileError("unit_type is \"\(unit)\", expected \"LSTM\"; train the model with that")
    }
    try RTNeuralFile.refuseGains(model)
  }
}
