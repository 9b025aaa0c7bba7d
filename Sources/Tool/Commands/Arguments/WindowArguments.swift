// SPDX-License-Identifier: MIT

import ArgumentParser
import Leat

/// The windows of a windowed stream.
struct WindowArguments: ParsableArguments {
  @Option(
    help: """
      The samples of a window, for a model that was trained on windows: each begins with the model's \
      initial state, and only the output of its last sample counts.
      """)
  var window: Int?

  @Option(help: "With --window: samples from one output to the next. By default 1.")
  var hop: Int?

  func validate() throws {
    guard let window else {
      if hop != nil { throw ValidationError("--hop needs a --window.") }
      return
    }
    guard (1...Int(UInt32.max)).contains(window) else {
      throw ValidationError("--window: found \(window), expected 1 to \(UInt32.max).")
    }
    if let hop, !(1...window).contains(hop) {
      throw ValidationError("--hop: found \(hop), expected 1 to the window, \(window).")
    }
  }

  var windows: Windows? { window.map { Windows(length: $0, hop: hop ?? 1) } }
}
