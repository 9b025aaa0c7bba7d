// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat info FILE`
struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a model, a state or a store holds and needs.",
    discussion: """
      Which of them a file is, its first bytes tell. A store is looked at beside its writer.

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
    case .model: try show(ModelReport(path: file))
    case .state: try show(StateReport(path: file))
    case .store: try show(StoreReport(path: file))
    }
  }

  private func show(_ report: some FileReport) throws {
    if json {
      try Output.print(json: report)
    } else {
      for (title, text) in report.lines {
        try Output.print(Text.padded(title, to: 13) + " " + Text.printable(text))
      }
    }
  }
}
