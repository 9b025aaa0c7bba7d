// SPDX-License-Identifier: MIT

import CLeat

/// A model as a C header.
struct EmbeddedModel {
  let name: CName
  let model: Model
  let file: [UInt8]
  /// The file's name, for the comment.
  let source: String

  var lines: [String] {
    introduction + [
      "", "#ifndef \(guardName)", "#define \(guardName)", "", "#include <leat_kernels.h>", "",
    ]
      + macros + [""] + EmbeddedKernels(model.layers).lines(name) + [""] + array + ["", "#endif"]
  }

  private var guardName: String { "\(name.upper)_LEAT_MODEL_H" }

  private var introduction: [String] {
    // Nothing in a file's name may end the comment.
    let source = String(
      Text.printable(self.source).map { $0.isASCII && $0 != "*" && $0 != "/" ? $0 : "?" })
    return [
      "/* Written by leat embed from",
      " *     \(source)",
      " * Include it in one source file: the array is static. Blocks of these sizes",
      " * are enough for Leat \(LEAT_VERSION_MAJOR).\(LEAT_VERSION_MINOR); of one that needs more, "
        + "leat_model_init() says",
      " * LEAT_E_SIZE. */",
    ]
  }

  private var macros: [String] {
    let info = model.info
    let values: [(String, String)] = [
      ("FILE_SIZE", "\(file.count)"),
      ("MODEL_BYTES", "\(info.model_size)"),
      ("STREAM_BYTES", "\(info.stream_size)"),
      ("STATE_BYTES", "\(info.state_size)"),
      ("INPUTS", "\(info.input_size)"),
      ("OUTPUTS", "\(info.output_size)"),
      ("RECURRENT_LAYERS", "\(info.recurrent_layers)"),
    ]
    let width = name.upper.count + 17
    return [
      "/* Bytes of the file, of the blocks for the model and for each stream, and of a",
      " * state; floats of an input and of an output; layers that have h. */",
    ]
      + values.map { key, value in
        "#define \(Text.padded("\(name.upper)_\(key)", to: width)) \(value)"
      }
      + [
        "/* SHA-256 of architecture and weights: leat_model_info()'s fingerprint. */",
        "#define \(name.upper)_FINGERPRINT \\", "    \"\(model.fingerprint)\"",
      ]
  }

  private var array: [String] {
    let perLine = 12
    var lines = [
      "static LEAT_ALIGNED const unsigned char",
      "    \(name.lower)_file[\(name.upper)_FILE_SIZE] = {",
    ]
    lines.reserveCapacity(file.count / perLine + 4)
    for start in stride(from: 0, to: file.count, by: perLine) {
      var line = "   "
      for byte in file[start..<min(start + perLine, file.count)] {
        line += " 0x"
        line += Figures.hexadecimal(CollectionOfOne(byte))
        line += ","
      }
      lines.append(line)
    }
    return lines + ["};"]
  }
}
