// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat embed MODEL`
struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model as a C header: its bytes as an array, its sizes as macros.",
    discussion: """
      With it a program needs no file system and no heap: the array goes where constants go, and \
      the macros give the sizes of the static blocks for model and stream. Include it in one \
      source file. It's C99, and C++.

      Example, for a model named pump:
        leat embed pump.safetensors > pump.h

        #include "pump.h"
        static LEAT_ALIGNED unsigned char model_memory[PUMP_MODEL_BYTES];
        static LEAT_ALIGNED unsigned char stream_memory[PUMP_STREAM_BYTES];
        leat_model_init(model_memory, sizeof model_memory, pump_file, PUMP_FILE_SIZE,
                        &model, &error);
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Option(help: "What names in the header begin with, instead of the file's name.")
  var name: String?

  @Option(
    name: .shortAndLong, help: "Where to write it, instead of to standard output.",
    completion: .file())
  var output: String?

  @Flag(help: "Replace the output when there is one.")
  var force = false

  func run() throws {
    let place = try output.map { try NewFile(path: $0, replaces: force, besides: [model]) }
    let name = try CName(name, orOf: model)
    let loaded = try Model(path: model)
    let header = EmbeddedModel(
      name: name, model: loaded, file: try InputFile.bytes(model),
      source: CName.lastPart(of: model))
    if let place {
      try place.write(Array(header.lines.joined(separator: "\n").utf8) + [UInt8(ascii: "\n")])
    } else {
      for line in header.lines { try Output.print(line) }
    }
  }
}
