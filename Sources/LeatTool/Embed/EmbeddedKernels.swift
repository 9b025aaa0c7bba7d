// SPDX-License-Identifier: MIT

import CLeat

/// The kernels that a model needs, as C: see leat_kernels.h.
struct EmbeddedKernels {
  /// The types of weights, and the activations, in leat_kernels.h's order and words.
  private static let types = ["f32", "f16", "bf16", "i8"]
  private static let activations = ["relu", "sigmoid", "tanh", "softmax"]

  private var lstm: Set<String> = []
  /// Of matrices that are multiplied by themselves.
  private var rows: Set<String> = []
  private var activations: Set<String> = []

  init(_ layers: [leat_layer_info_t]) {
    for layer in layers {
      activations.insert(layer.activationName)
      if let weights = layer.weightsName?.lowercased() {
        if layer.isRecurrent { lstm.insert(weights) } else { rows.insert(weights) }
      }
      if let weights = layer.projectionWeightsName?.lowercased() { rows.insert(weights) }
    }
  }

  func lines(_ name: CName) -> [String] {
    let macro = "\(name.upper)_KERNEL_SET"
    return [
      "/* The kernels that the model needs. A program that calls",
      " *     leat_model_init_with(memory, memory_size, \(name.lower)_file,",
      " *                          \(name.upper)_FILE_SIZE, \(name.lower)_kernels(),",
      " *                          &model, &error);",
      " * and never leat_model_init() or leat_model_open(), which bring every kernel",
      " * along, has only these in it when it is linked with the static library and",
      " * --gc-sections. A program that doesn't call this has nothing of it: it is a",
      " * function because GCC without -O would keep an array. */",
      "#define \(macro)(set) \\",
      "    { LEAT_KERNELS_OF(set), \\",
    ]
      + group(EmbeddedKernels.types, lstm, "LEAT_LSTM", without: "LEAT_NONE", end: "}, \\")
      + group(EmbeddedKernels.types, rows, "LEAT_ROWS", without: "0", end: "}, \\")
      + group(
        EmbeddedKernels.activations, activations, "LEAT_ACTIVATION", without: "0", end: "} },")
      + [
        "static inline const leat_kernels *\(name.lower)_kernels(void)",
        "{",
        "    static const leat_kernels sets[] = {",
        "        LEAT_EACH_SET(\(macro)) LEAT_KERNELS_END",
        "    };",
        "    return sets;",
        "}",
      ]
  }

  /// One member of leat_kernels: all there are of `words`, those that aren't needed as `without`.
  private func group(
    _ words: [String], _ needed: Set<String>, _ macro: String, without: String, end: String
  ) -> [String] {
    let members = words.map { needed.contains($0) ? "\(macro)(set, \($0))" : without }
    let line = "      { \(members.joined(separator: ", ")) \(end)"
    guard line.utf8.count > 80 else { return [line] }
    return [
      "      { \(members[0]), \(members[1]), \\", "        \(members[2]), \(members[3]) \(end)",
    ]
  }
}
