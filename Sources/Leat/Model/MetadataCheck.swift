// SPDX-License-Identifier: MIT

import CLeat
import LeatBytes

/// Holds what the metadata says of the architecture against what names and shapes say. Only keys
/// that begin with `leat.` are Leat's; of those every one must be known, or a misspelt one would
/// pass unseen.
enum MetadataCheck {
  static func run(
    _ file: borrowing Safetensors, _ modules: borrowing Modules,
    _ architecture: borrowing Architecture
  ) throws(Failure) {
    var metadata = file.metadata
    while let entry = metadata.next() {
      guard begins(entry.key, "leat.") else { continue }
      guard let key = Text(entry.key) else { throw unknown(entry.key) }
      switch key {
      case "leat.layers":
        continue
      case "leat.format":
        guard entry.value == "1" else {
          throw Failure(
            LEAT_E_NEWER, "metadata 'leat.format' is '\(entry.value)', expected '1'")
        }
      default:
        try check(key, entry, file, modules, architecture)
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

  private static func unknown(_ key: JSONString) -> Failure {
    Failure(
      LEAT_E_MODEL,
      "metadata '\(key)' is unknown: expected leat.layers, leat.format or leat.MODULE.ARGUMENT")
  }

  /// `leat.MODULE.ARGUMENT`, an argument of PyTorch's constructor.
  private static func check(
    _ key: Text, _ entry: (key: JSONString, value: JSONString), _ file: borrowing Safetensors,
    _ modules: borrowing Modules, _ architecture: borrowing Architecture
  ) throws(Failure) {
    guard let dot = key.lastIndex(of: UInt8(ascii: ".")), dot > 5 else { throw unknown(entry.key) }
    let name = key.slice(5, dot)
    let argument = key.slice(dot + 1, key.count)
    var lstm = 0
    var linear = 0
    for index in 0..<modules.count {
      let module = modules[index]
      let isNamed = file.isModule(module.tensor, name)
      if module.isLSTM {
        let layers = architecture.layersOfModule(from: lstm)
        if isNamed {
          return try checkLSTM(argument, entry, architecture.lstms[lstm], layers: layers)
        }
        lstm += layers
      } else {
        if isNamed { return try checkLinear(argument, entry, architecture.linears[linear]) }
        linear += 1
      }
    }
    throw Failure(LEAT_E_MODEL, "metadata '\(entry.key)': no tensor belongs to module '\(name)'")
  }

  private static func checkLSTM(
    _ argument: Text, _ entry: (key: JSONString, value: JSONString), _ plan: LSTMPlan, layers: Int
  ) throws(Failure) {
    switch argument {
    case "input_size": try equal(entry, plan.inputSize)
    case "hidden_size": try equal(entry, plan.hiddenSize)
    case "num_layers": try equal(entry, layers)
    case "proj_size": try equal(entry, plan.isProjected ? plan.outputSize : 0)
    case "bias": try equal(entry, plan.hasBias)
    case "bidirectional": try equal(entry, false)
    case "batch_first", "dropout": break  // neither changes what a stream computes
    default: throw unknown(entry.key)
    }
  }

  private static func checkLinear(
    _ argument: Text, _ entry: (key: JSONString, value: JSONString), _ plan: LinearPlan
  ) throws(Failure) {
    switch argument {
    case "in_features": try equal(entry, plan.inputSize)
    case "out_features": try equal(entry, plan.outputSize)
    case "bias": try equal(entry, plan.bias >= 0)
    default: throw unknown(entry.key)
    }
  }

  private static func equal(
    _ entry: (key: JSONString, value: JSONString), _ expected: Int
  ) throws(Failure) {
    guard Text(entry.value)?.number(from: 0) == expected else {
      throw Failure(
        LEAT_E_MODEL,
        "metadata '\(entry.key)' is '\(entry.value)', but the tensors make it \(expected)")
    }
  }

  private static func equal(
    _ entry: (key: JSONString, value: JSONString), _ expected: Bool
  ) throws(Failure) {
    let word: StaticString = expected ? "True" : "False"
    guard entry.value == word else {
      throw Failure(
        LEAT_E_MODEL,
        "metadata '\(entry.key)' is '\(entry.value)', but the tensors make it \(word)")
    }
  }
}

extension Architecture {
  /// How many LSTM layers belong to the module whose first is `first`.
  fileprivate func layersOfModule(from first: Int) -> Int {
    var end = first + 1
    while end < lstms.count, lstms[end].row > 0 { end += 1 }
    return end - first
  }
}
