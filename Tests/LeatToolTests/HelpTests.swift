// SPDX-License-Identifier: MIT

import ArgumentParser
import Testing

@testable import LeatTool

private func allCommands(below command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
  [command] + command.configuration.subcommands.flatMap { allCommands(below: $0) }
}

@Test(arguments: allCommands(below: LeatTool.self).map { [$0] })
func noExampleIsWrappedOnATerminalOf80Columns(command: [any ParsableCommand.Type]) {
  let help = LeatTool.helpMessage(for: command[0], columns: 80).split(separator: "\n")
  // Lines of prose may be wrapped; lines of examples are indented.
  for line in command[0].configuration.discussion.split(separator: "\n")
  where line.hasPrefix("  ") {
    #expect(help.contains(line), "\(line)")
  }
}

@Test func everyCommandHasAnExample() {
  for command in allCommands(below: LeatTool.self) where command.configuration.subcommands.isEmpty {
    let text = command.configuration.discussion
    #expect(text.contains("\n  leat "), "\(command)")
  }
}
