// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A PyTorch state_dict as JSON, which RTNeural reads too: names and nested arrays, by themselves or
/// beside `model_data` under the key `state_dict`.
public enum StateDictFile {
  /// - Parameter layers: `leat.layers`, for what names and shapes can't tell
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
        try refuseOthers(members)
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
          switch value {
          case .text(let text): result.keep("\(key).\(name)", text)
          case .number, .boolean: result.keep("\(key).\(name)", value.title)
          default: result.note("'\(key).\(name)' isn't kept: \(value.title)")
          }
        }
      }
    }
    for (name, value) in dictionary.sorted(by: { $0.key < $1.key }) {
      guard let (shape, values) = value.tensor() else {
        throw ModelFileError(
          "'\(name)' is \(value.title), expected nested arrays of numbers: a state_dict")
      }
      var tensor = Tensor(name: name, type: "F32", shape: shape, data: Data())
      tensor.set(values.map(\.bitPattern), type: "F32")
      result.tensors.append(tensor)
      result.parts.append(Conversion.Part(source: name, tensors: [name]))
    }
    guard !result.tensors.isEmpty else { throw ModelFileError("there are no tensors in it") }
    if let layers {
      result.order(by: layers)
    } else if let linear = result.tensors.first(where: {
      $0.shape.count == 2 && ($0.name == "weight" || $0.name.hasSuffix(".weight"))
    }) {
      throw ModelFileError(
        "'\(linear.name)' may stand before the LSTM or behind it: JSON objects have no order, and "
          + "a state_dict has no activations; give both with --layers \"lstm head:sigmoid\"")
    }
    result.metadata["source.format"] = "state_dict as JSON"
    return result
  }

  public static let noActivations =
    "a state_dict doesn't say which activations forward() applies: if there are any behind a linear "
    + "layer, give them with --layers \"lstm head:sigmoid\""

  private static func refuseOthers(_ model: [String: JSONValue]) throws {
    if let unit = model["unit_type"]?.text, unit.uppercased() != "LSTM" {
      throw ModelFileError("unit_type is \"\(unit)\", expected \"LSTM\"; train the model with that")
    }
    try RTNeuralFile.refuseGains(model)
  }
}
