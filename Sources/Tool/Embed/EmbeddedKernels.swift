// SPDX-License-Identifier: MIT

import Leat

/// The list of kernels that a model needs, as C: see leat_kernels.h. A program with this list doesn't
/// contain the other kernels.
struct EmbeddedKernels {
  // Kinds of layers, types of weights and functions, with the names and in the order of
  // leat_kernels.h.
  private static let kinds = ["lstm", "linear", "rnn", "gru", "general"]
  private static let types = ["f32", "f16", "bf16", "i8"]
  private static let steps = ["activation", "sum", "scale"]
  private static let functions = [
    "relu", "sigmoid", "tanh", "softmax", "leaky_relu", "elu", "gelu", "gelu_tanh", "silu",
    "softplus", "softsign", "hard_sigmoid", "hardtanh", "hardswish", "prelu", "log_softmax",
  ]

  /// "lstm_f32"
  private var layers: Set<String> = []
  /// Kinds of layers without weights.
  private var steps: Set<String> = []
  private var projections: Set<String> = []
  private var functions: Set<String> = []

  init(_ list: [Layer]) {
    for layer in list {
      var activations = [layer.activation]
      if let cell = layer.cell {
        activations += [cell.recurrentActivation, cell.activation, cell.outputActivation]
      }
      for activation in activations where activation != .none {
        functions.insert(activation.rawValue)
      }
      if let weights = layer.weightType {
        let kernel = layer.cell == nil ? layer.kind.kernelName : "general"
        layers.insert("\(kernel)_\(weights.rawValue.lowercased())")
      } else {
        steps.insert(layer.kind.kernelName)
      }
      if let weights = layer.projectionWeightType {
        projections.insert(weights.rawValue.lowercased())
      }
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
      "    { LEAT_KERNELS_OF(set), \(loader), \\",
    ]
      + EmbeddedKernels.kinds.flatMap { kind in
        group(
          EmbeddedKernels.types.map { "\(kind)_\($0)" }, layers,
          kind == "general" ? "LEAT_STEP" : "LEAT_LAYER",
          ofIntegers: kind == "linear" ? nil : kind, without: "LEAT_NONE", none: "LEAT_NO_LAYER",
          end: ", \\")
      }
      + EmbeddedKernels.steps.map { step in
        "      \(steps.contains(step) ? "LEAT_STEP(set, \(step))" : "LEAT_NONE"), \\"
      }
      + group(
        EmbeddedKernels.types, projections, "LEAT_ROWS", without: "0", none: "LEAT_NO_ROWS",
        end: ", \\")
      + group(
        EmbeddedKernels.functions, functions, "LEAT_FUNCTION", without: "0",
        none: "LEAT_NO_FUNCTIONS", end: " },")
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

  /// The loader of leat_kernels.h that is enough: a smaller one for LSTMs and linear layers.
  private var loader: String {
    let isOfLSTMs = layers.allSatisfy { $0.hasPrefix("lstm") || $0.hasPrefix("linear") }
    let areKnown = functions.isSubset(of: EmbeddedKernels.functions.prefix(4))
    return isOfLSTMs && areKnown && steps.isEmpty ? "leat_load_lstm" : "leat_load_any"
  }

  /// One member of leat_kernels: an entry for each of `words`, `without` for those not needed, or
  /// `none` if none is. A set may have kernels of its own for recurrent layers of integers, of this
  /// kind: a macro of its own names them.
  private func group(
    _ words: [String], _ needed: Set<String>, _ macro: String, ofIntegers kind: String? = nil,
    without: String, none: String, end: String
  ) -> [String] {
    guard words.contains(where: needed.contains) else { return ["      \(none)\(end)"] }
    let members = words.map { word in
      guard needed.contains(word) else { return without }
      if let kind, word == "\(kind)_i8" { return "\(macro)_I8(set, \(kind))" }
      return "\(macro)(set, \(word))"
    }
    var lines: [String] = []
    var line = "      {"
    for (index, member) in members.enumerated() {
      let next = index + 1 < members.count ? " \(member)," : " \(member) }\(end)"
      // Every line but the last ends with " \\".
      if line.utf8.count + next.utf8.count > 78 {
        lines.append(line + " \\")
        line = "       "
      }
      line += next
    }
    return lines + [line]
  }
}

extension Layer.Kind {
  /// As leat_kernels.h names its kernels, with the type of its weights after it.
  fileprivate var kernelName: String {
    switch self {
    case .lstm: "lstm"
    case .linear: "linear"
    case .rnn: "rnn"
    case .gru: "gru"
    case .activation: "activation"
    case .sum: "sum"
    case .scale: "scale"
    }
  }
}
