// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// `leat store import STORE NAME IN`
struct StoreImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Write a state as a stream's next checkpoint.",
    discussion: """
      The stream is created if there is none, and so is the store. As with every new checkpoint, \
      the oldest one is deleted when the stream has its number of checkpoints.

      Examples:
        leat store import state.db pump-7 pump-7.state --cursor pump-7.cursor
        leat store import state.db pump-7 yesterday.state \\
            --cursor yesterday.cursor --rewind
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Argument(help: "The stream.")
  var name: String

  @Argument(
    help: "A state that leat store export or leat_stream_save() wrote.",
    completion: .file())
  var input: String

  @Option(
    help: ArgumentHelp("A file with the cursor's bytes.", valueName: "file"),
    completion: .file())
  var cursor: String?

  @Flag(help: "Allow a lower position than the newest checkpoint's; those after it are deleted.")
  var rewind = false

  @Flag(help: "Allow that the stream's checkpoints are of another model; they are deleted.")
  var replace = false

  func validate() throws {
    guard !name.isEmpty, name.utf8.count <= Store.maximumNameLength else {
      throw ValidationError(
        "the name: found \(name.utf8.count) bytes, expected 1 to \(Store.maximumNameLength).")
    }
  }

  func run() throws {
    let state = try State(bytes: InputFile.bytes(input))
    let bytes = try cursor.map(InputFile.bytes) ?? []
    let options: [SaveOptions] = (rewind ? [.rewind] : []) + (replace ? [.replace] : [])
    let store = try openStore()
    if cursor == nil, let before = try store.entry(of: name)?.cursorSize, before > 0 {
      Terminal.report(
        "'\(Text.printable(name))': its newest checkpoint has a cursor of \(before) bytes, and this "
          + "one has none: a program that resumes from it doesn't know its place in the input; "
          + "--cursor gives it one")
    }
    try store.import(state, as: name, cursor: bytes, SaveOptions(options))
    try Output.print("position \(state.position)")
  }

  /// Keeps as many generations as the stream has, since its writer has chosen their number.
  private func openStore() throws -> Store {
    let store = try Store(path: store)
    guard let kept = try store.entry(of: name)?.generations, kept > 3 else { return store }
    try store.close()
    return try Store.opened(self.store, for: .existing, generations: kept)
  }
}
