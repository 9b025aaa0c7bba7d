// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// The command `leat`: a file in Commands/ for what each subcommand parses, and a folder for what it
/// does. Commands/ makes plain values of the arguments; the folders know nothing of the argument
/// parser, so that each can be read, and tested, without it.
@main
struct LeatTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leat",
    abstract: "Run a trained LSTM over a stream of samples, and manage its models and stores.",
    discussion: """
      Exit status: 0, or as in sysexits.h: 64 wrong usage, 65 wrong data, 66 no such input, \
      69 unavailable, 73 can't be created, 74 input or output failed, 75 try again later, 77 not \
      permitted.
      """,
    version: "leat \(Version.library)",
    subcommands: [
      Convert.self, Info.self, Run.self, Bench.self, Doctor.self, Embed.self, Quantize.self,
      StoreCommand.self, Verify.self, Watch.self,
    ])

  static func main() {
    do {
      try StandardDescriptors.fill()
      var command = try parseAsRoot()
      try command.run()
      try Output.finish()
    } catch {
      // Lines from before the failure are written too.
      try? Output.finish()
      guard let failure = FailureStatus(error) else { exit(parsing: error) }
      Terminal.report(failure.description)
      exit(withError: ExitCode(failure.status.rawValue))
    }
  }

  /// Ends as the argument parser does, but without control characters: its messages have arguments,
  /// which may be names of files.
  private static func exit(parsing error: any Error) -> Never {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if code.isSuccess || text.isEmpty { exit(withError: error) }
    Terminal.writeError(Text.printableLines(text) + "\n")
    exit(withError: code)
  }
}
