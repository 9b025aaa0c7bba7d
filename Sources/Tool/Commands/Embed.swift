// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// `leat embed MODEL`
struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model as a C header: its bytes, its sizes and the kernels it needs.",
    discussion: """
      With the header a program needs no file system and no heap: the array is constant, and the \
      macros are the sizes of the static blocks for model and stream. Include it in one source \
      file. It is C99 and C++.

      A program that calls leat_model_init_with() instead of leat_model_init(), and is linked with \
      the static library and --gc-sections, contains only the kernels that the model needs.

      Example, for a model named pump:
        leat embed pump.safetensors > pump.h

        #include "pump.h"
        static LEAT_ALIGNED unsigned char model_memory[PUMP_MODEL_BYTES];
        static LEAT_ALIGNED unsigned char stream_memory[PUMP_STREAM_BYTES];
        leat_model_init(model_memory, sizeof model_memory, pump_file, PUMP_FILE_SIZE,
                        &model, &error);
        /* or, with these kernels alone */
        leat_model_init_with(model_memory, sizeof model_memory, pump_file,
                             PUMP_FILE_SIZE, pump_kernels(), &model, &error);
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Option(help: "The prefix of all names in the header, instead of the file's name.")
  var name: String?

  @Option(
    name: .shortAndLong, help: "The file to write, instead of standard output.",
    completion: .file())
  var output: String?

  @Flag(help: "Replace the output if it exists.")
  var force = false

  func run() throws {
    let place = try output.map { try NewFile(path: $0, replaces: force, besides: [model]) }
    let name = try CName(name, orOf: model)
    let loaded = try Model.opened(model)
    let header = EmbeddedModel(
      name: name, model: loaded, file: try InputFile.bytes(model),
      source: FileIdentity.parts(of: model).name)
    if let place {
      try place.write(Array(header.lines.joined(separator: "\n").utf8) + [UInt8(ascii: "\n")])
    } else {
      for line in header.lines { try Output.print(line) }
    }
  }
}
