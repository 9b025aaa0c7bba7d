// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat store`
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "Manage the streams of a store.",
    discussion: """
      ls, show, verify, export and backup only read, and work while a writer runs. import, prune, rm \
      and rename write, and must be the only writer: while another process has the store open for \
      writing, they exit with 75.
      """,
    subcommands: [
      StoreList.self, StoreShow.self, StoreVerify.self, StoreExport.self, StoreImport.self,
      StorePrune.self, StoreBackup.self, StoreRemove.self, StoreRename.self,
    ])
}
