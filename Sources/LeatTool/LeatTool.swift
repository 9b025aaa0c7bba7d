// SPDX-License-Identifier: MIT

import ArgumentParser
import CLeat
import Leat
import LeatHosted

@main
struct LeatTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leat",
    abstract: "Look at models that PyTorch wrote, as Leat will run them, and make them narrower.",
    version: "leat \(LEAT_VERSION_MAJOR).\(LEAT_VERSION_MINOR).\(LEAT_VERSION_PATCH)",
    subcommands: [Info.self, Quantize.self])
}
