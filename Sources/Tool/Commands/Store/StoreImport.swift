// SPDX-License-Identifier: MIT

import ArgumentParser
import CLeatStore

/// `leat store import STORE NAME IN`
struct StoreImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Write a state as a stream's next checkpoint.",
    discussion: """
      A stream that isn't there is made, and so is a store. No older checkpoint of the stream goes \
      but the one beyond the number that it has.

      Examples:
        leat store import state.db pump-7 pump-7.state --cursor pump-7.cursor
        leat store import state.db pump-7 yesterday.state --cursor yesterday.cursor --rewind
      """)

  @Argument(help: "The store.", completion: .file())
  var store: String

  @Argument(help: "The stream.")
  var name: String

  @Argument(
    help: "A state: what leat store export wrote, or leat_stream_save().",
    completion: .file())
  var input: String

  @Option(
    help: ArgumentHelp("A file with the cursor's bytes.", valueName: "file"),
    completion: .file())
  var cursor: String?

  @Flag(help: "Let the position be lower than the newest checkpoint's; those beyond it go.")
  var rewind = false

  @Flag(help: "Let the stream's checkpoints be of another model; they go.")
  var replace = false

  func validate() throws {
    guard !name.isEmpty, name.utf8.count <= LEAT_NAME_MAX else {
      throw ValidationError(
        "a name of \(name.utf8.count) bytes: expected 1 to \(LEAT_NAME_MAX).")
    }
  }

  func run() throws {
    let state = try State(InputFile.bytes(input))
    let bytes = try cursor.map(InputFile.bytes) ?? []
    let flags = (rewind ? LEAT_SAVE_REWIND : 0) | (replace ? LEAT_SAVE_REPLACE : 0)
    let store = try openStore()
    if cursor == nil, let before = try store.entry(name)?.cursorSize, before > 0 {
      Terminal.complain(
        "'\(Text.printable(name))': its newest checkpoint has a cursor of \(before) bytes, and this "
          + "one has none: whoever goes on from it doesn't know where; --cursor gives it one")
    }
    try store.importState(state.bytes, cursor: bytes, as: name, flags: flags)
    try Output.print("position \(state.info.position)")
  }

  /// With as many generations as the stream has, so that its writer's choice holds.
  private func openStore() throws -> Store {
    let store = try Store(path: store, for: .create)
    guard let kept = try store.entry(name)?.generations, kept > 3 else { return store }
    try store.close()
    return try Store(path: self.store, for: .change, generations: kept)
  }
}
