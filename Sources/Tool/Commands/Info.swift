// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat info FILE`
struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a model, a state or a store contains and needs.",
    discussion: """
      The first bytes of a file tell its kind. A store can be read while its writer has it open.

      Examples:
        leat info model.safetensors
        leat info pump-7.state
        leat info --json state.db
      """)

  @Argument(
    help: "A safetensors file, a state that was saved or exported, or a store.",
    completion: .file())
  var file: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    switch try FileKind(path: file) {
    case .model: try ModelReport(path: file).print(json: json)
    case .state: try StateReport(path: file).print(json: json)
    case .store: try StoreReport(path: file).print(json: json)
    }
  }
}
