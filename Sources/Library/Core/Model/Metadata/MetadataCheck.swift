// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Compares what the metadata says of the architecture with what names and shapes say. Only keys
/// that begin with `leat.` are Leat's. All of these must be known, so that misspelt keys are found.
enum MetadataCheck {
  /// The newest version of the rules for names and metadata.
  static var newestFormat: Int { 2 }

  /// The version of the rules that the file follows: `leat.format`, or 1 without it.
  static func format(_ file: borrowing Safetensors) throws(Failure) -> Int {
    var metadata = file.metadata
    while let entry = metadata.next() {
      guard entry.key == "leat.format" else { continue }
      guard let format = Text(entry.value)?.number(from: 0), format > 0, format <= newestFormat
      else {
        throw file.explanation.failure(
          LEAT_E_NEWER,
          "metadata 'leat.format' is '\(entry.value)', expected at most '\(newestFormat)'")
      }
      return format
    }
    return 1
  }

  static func checkEntries<Other: OtherLayers>(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture<Other>
  ) throws(Failure) {
    var metadata = file.metadata
    while let entry = metadata.next() {
      guard begins(entry.key, "leat.") else { continue }
      guard let key = Text(entry.key) else { throw unknown(entry.key, file) }
      switch key {
      case "leat.layers", "leat.format": continue
      default:
        try checkArgument(key, entry, file, architecture)
      }
    }
  }

  private static func begins(_ key: JSONString, _ prefix: StaticString) -> Bool {
    var characters = JSONString.Unescaped(key)
    var isEqual = true
    prefix.withUTF8Buffer { utf8 in
      for index in utf8.indices where characters.next() != (unsafe utf8[index]) { isEqual = false }
    }
    return isEqual
  }

  private static func unknown(_ key: JSONString, _ file: borrowing Safetensors) -> Failure {
    file.explanation.failure(
      LEAT_E_MODEL,
      "metadata '\(key)' is unknown, expected leat.layers, leat.format or leat.MODULE.ARGUMENT")
  }

  /// `leat.MODULE.ARGUMENT`, an argument of PyTorch's constructor.
  private static func checkArgument<Other: OtherLayers>(
    _ key: Text, _ entry: MetadataEntry, _ file: borrowing Safetensors,
    _ architecture: borrowing Architecture<Other>
  ) throws(Failure) {
    guard let dot = key.lastIndex(of: UInt8(ascii: ".")), dot > 5 else {
      throw unknown(entry.key, file)
    }
    let name = key.slice(5, dot)
    let argument = key.slice(dot + 1, key.count)
    for index in 0..<architecture.layers.count {
      let plan = architecture.layers[index].plan
      guard plan.weight.isPresent, file.isModule(plan.weight.index, name) else { continue }
      guard
        try plan.checkArgument(argument, entry, layers: architecture.layersOfModule(index))
      else { throw unknown(entry.key, file) }
      return
    }
    throw file.explanation.failure(
      LEAT_E_MODEL, "metadata '\(entry.key)': no tensor belongs to module '\(name)'")
  }
}
