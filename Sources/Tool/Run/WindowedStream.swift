// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// What a run needs to know of a windowed stream: which samples have an output, and so a row.
extension ModelStream {
  /// The stream of a run, at its beginning.
  init(_ options: RunOptions, of model: Model) throws(LeatError) {
    if let windows = options.windows {
      try self.init(of: model, windows: windows)
    } else {
      try self.init(of: model)
    }
  }

  /// Notes in a block which of its samples will have an output. They are the stream's next ones.
  func markOutputs(in block: SampleBlock) {
    (block.firstOutput, block.outputStep) = (0, windows?.hop ?? 1)
    guard windows != nil else { return }
    while block.firstOutput < block.count, !hasOutput(at: position + UInt64(block.firstOutput)) {
      block.firstOutput += 1
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
