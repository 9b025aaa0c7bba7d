// SPDX-License-Identifier: MIT

import Leat

/// A model as a C header: the bytes of its file as an array, its sizes as macros, and the list of its
/// kernels. A program with this header needs no file system and no heap.
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
    // A file's name must not end the comment.
    let source = String(
      Text.printable(self.source).map { $0.isASCII && $0 != "*" && $0 != "/" ? $0 : "?" })
    let release = Version.library.split(separator: ".").prefix(2).joined(separator: ".")
    return [
      "/* Written by leat embed from",
      " *     \(source)",
      " * Include it in one source file: the array is static. Blocks of these sizes",
      " * are enough for Leat \(release); of one that needs more, leat_model_init() says",
      " * LEAT_E_SIZE. */",
    ]
  }

  private var macros: [String] {
    let recurrent = model.layers.count { $0.recurrentIndex != nil }
    let values: [(String, String)] = [
      ("FILE_SIZE", "\(file.count)"),
      ("MODEL_BYTES", "\(model.memorySize)"),
      ("STREAM_BYTES", "\(model.streamSize)"),
      ("STATE_BYTES", "\(model.stateSize)"),
      ("INPUTS", "\(model.inputSize)"),
      ("OUTPUTS", "\(model.outputSize)"),
      ("RECURRENT_LAYERS", "\(recurrent)"),
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
