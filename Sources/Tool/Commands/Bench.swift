// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// `leat bench MODEL`
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast a model steps on this machine.",
    discussion: """
      Measures a single step on each kernel that the processor can run. On the best kernel it also \
      measures a sequence in one call, batches of streams, and saving and loading a state. It uses \
      one thread. The time to read the clock is subtracted. For times to compare, run nothing else \
      on the machine, and use a larger --seconds.

      Examples:
        leat bench model.safetensors
        leat bench --seconds 20 --json model.safetensors
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Option(help: "About how many seconds to measure.")
  var seconds = 2.0

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard seconds > 0 && seconds <= 3600 else {
      throw ValidationError("--seconds: found \(seconds), expected more than 0 and at most 3600.")
    }
  }

  func run() throws {
    var progress = Progress(unit: "measurements")
    let report = try BenchReport(of: Model.opened(model), seconds: seconds) { done, total in
      progress.update(count: UInt64(done), total: UInt64(total))
    }
    progress.finish()
    if json { try Output.print(json: report) } else { try report.print() }
  }
}
