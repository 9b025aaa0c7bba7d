// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat store`
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "Look after the streams of a store.",
    discussion: """
      ls, show, verify, export and backup look only, and work beside the writer. import, prune, rm \
      and rename write, and need to be the only writer: while another process has the store open \
      they exit with 75.
      """,
    subcommands: [
      StoreList.self, StoreShow.self, StoreVerify.self, StoreExport.self, StoreImport.self,
      StorePrune.self, StoreBackup.self, StoreRemove.self, StoreRename.self,
    ])
}
