// SPDX-License-Identifier: MIT

import Leat

/// What a run needs to know of a windowed stream.
extension ModelStream {
  /// A stream at its beginning, with windows or without.
  init(of model: Model, in windows: Windows?) throws(LeatError) {
    if let windows {
      try self.init(of: model, windows: windows)
    } else {
      try self.init(of: model)
    }
  }

  /// How many samples, from the stream's next one on, have so many outputs; the last has one.
  func sampleCount(ofOutputs outputs: UInt64) -> UInt64 {
    guard let windows, outputs > 0 else { return outputs }
    var first = position
    while !hasOutput(at: first) { first += 1 }
    return first - position + (outputs - 1) * UInt64(windows.hop) + 1
  }
}
