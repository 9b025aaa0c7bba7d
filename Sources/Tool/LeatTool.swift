// SPDX-License-Identifier: MIT

import ArgumentParser
import CLeat
// These hold the functions that CLeat declares.
import LeatCore
import LeatHosted
import LeatStore

@main
struct LeatTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leat",
    abstract: "Run a trained LSTM over a stream of samples, and look after its models and stores.",
    discussion: """
      Exit status: 0, or as in sysexits.h: 64 wrong usage, 65 wrong data, 66 no such input, \
      69 unavailable, 73 can't be created, 74 input or output failed, 75 try again later, 77 not \
      permitted.
      """,
    version: "leat \(LEAT_VERSION_MAJOR).\(LEAT_VERSION_MINOR).\(LEAT_VERSION_PATCH)",
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
      // What came out before the failure counts.
      try? Output.finish()
      guard let refusal = Refusal(error) else { exit(parsing: error) }
      Terminal.complain(refusal.description)
      exit(withError: ExitCode(refusal.status.rawValue))
    }
  }

  /// Ends as the argument parser would: its refusals show arguments, which may be names of files.
  private static func exit(parsing error: any Error) -> Never {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if code.isSuccess || text.isEmpty { exit(withError: error) }
    Terminal.writeError(Text.printableLines(text) + "\n")
    exit(withError: code)
  }
}
