// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat bench MODEL`
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast a model steps on this machine, now.",
    discussion: """
      A single step on each kernel that the processor can run; and on the best of them a sequence \
      in one call, batches of streams, and saving and loading a state. One thread. The clock's own \
      time is taken off. For figures to compare, let the machine do nothing else, and give it \
      --seconds.

      Examples:
        leat bench model.safetensors
        leat bench --seconds 20 --json model.safetensors
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Option(help: "How long to measure, more or less.")
  var seconds = 2.0

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard seconds > 0 && seconds <= 3600 else {
      throw ValidationError("--seconds \(seconds): expected more than 0, and at most 3600.")
    }
  }

  func run() throws {
    var progress = Progress(unit: "measurements")
    let report = try BenchReport(of: Model(path: model), seconds: seconds) { done, total in
      progress.update(count: UInt64(done), total: UInt64(total))
    }
    progress.finish()
    if json { try Output.print(json: report) } else { try report.print() }
  }
}
