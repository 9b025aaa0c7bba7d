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
        leat info model.safetensors --streams 10000
        leat info pump-7.state
        leat info --json state.db
      """)

  @Argument(
    help: "A safetensors file, a state that was saved or exported, or a store.",
    completion: .file())
  var file: String

  @Option(help: "Also tell what memory and store leat run --by needs for this many streams.")
  var streams: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let streams, !(1...StreamLimit.highest).contains(streams) {
      throw ValidationError(
        "--streams: found \(streams), expected 1 to \(StreamLimit.highest).")
    }
  }

  func run() throws {
    let kind = try FileKind(path: file)
    guard streams == nil || kind == .model else {
      throw ToolError(.usage, "--streams: found a \(kind), expected a model")
    }
    switch kind {
    case .model: try ModelReport(path: file, streams: streams).print(json: json)
    case .state: try StateReport(path: file).print(json: json)
    case .store: try StoreReport(path: file).print(json: json)
    }
  }
}
