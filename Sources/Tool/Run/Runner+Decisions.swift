// SPDX-License-Identifier: MIT

import LeatSamples

/// Decides about samples that are malformed or doubtful, as the options say. The state and the place
/// in the input are enough to decide in the same way after a resume.
extension Runner {
  /// Skips a malformed sample, or ends the run.
  func skip(_ error: SampleError) throws {
    guard parts.options.onError == .skip else { throw error }
    warn("\(error); skipped")
    reader.skip(from: parts.buffer)
  }

  /// Takes in a doubtful sample, skips it, or ends the run. All samples before it were stepped.
  func decide(about doubt: SampleDoubt, _ error: SampleError) throws {
    switch doubt {
    case .repeat:
      guard parts.options.onRepeat == .skip else {
        throw SampleError("\(error); --on-repeat skip leaves such rows out")
      }
      warn("\(error); skipped")
      reader.skipRepeat(from: parts.buffer)
      return
    case .badValue: warn("\(error); the value before is taken")
    case .gap(let stream): try decideAboutGap(in: stream, error)
    }
    reader.accept(doubt)
  }

  /// A run that ends before the sample is taken in finds the gap once more when it resumes: a second
  /// reset changes nothing.
  private func decideAboutGap(in stream: Int, _ error: SampleError) throws {
    switch parts.options.gaps?.action {
    case .reset:
      try parts.streams.reset(stream)
      warn("\(error); the state is reset")
    case .mark: warn("\(error); marked")
    case .stop, nil:
      throw SampleError("\(error); --on-gap reset resets the state there, and goes on")
    }
  }

  private func warn(_ text: String) {
    progress.finish()
    Terminal.report("\(parts.input.name): \(text)")
  }
}
