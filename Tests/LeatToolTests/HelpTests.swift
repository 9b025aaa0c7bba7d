// SPDX-License-Identifier: MIT

import ArgumentParser
import Testing

@testable import LeatTool

private func allCommands(below command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
  [command] + command.configuration.subcommands.flatMap { allCommands(below: $0) }
}

@Test func noExampleIsWrappedOnATerminalOf80Columns() {
  for command in allCommands(below: LeatTool.self) {
    let help = Set(LeatTool.helpMessage(for: command, columns: 80).split(separator: "\n"))
    // Lines of prose may be wrapped; lines of examples are indented.
    let examples = command.configuration.discussion.split(separator: "\n")
      .filter { $0.hasPrefix("  ") }
    #expect(examples.filter { !help.contains($0) }.isEmpty)
  }
}

@Test func everyCommandHasAnExample() {
  for command in allCommands(below: LeatTool.self) where command.configuration.subcommands.isEmpty {
    let text = command.configuration.discussion
    #expect(text.contains("\n  leat "), "\(command)")
  }
}
