// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSamples

/// The stream of a run in a store: its newest checkpoint at the start, and when the next is due.
final class StoredStream {
  /// Where the stream was when the last run saved it.
  struct ResumePoint {
    let cursor: RunCursor
    let figures: leat_checkpoint
    let isFallback: Bool
  }

  private let store: Store
  var path: String { store.path }
  private let name: String
  /// Samples from one checkpoint to the next; nil for one a second.
  private let every: UInt64?
  /// Of the first save: the stream may go back, or be another model's.
  private var flags: UInt32
  /// nil of a new stream.
  private(set) var resumePoint: ResumePoint?
  /// Checkpoints that were saved.
  private(set) var count: UInt64 = 0
  private var saved: (position: UInt64, at: ContinuousClock.Instant)?

  /// Sets the stream to its newest checkpoint, if it has one.
  ///
  /// - Parameter restarts: the first save replaces all that the store has of the stream
  init(path: String, name: String, every: UInt64?, restarts: Bool, stream: Stream) throws {
    (self.name, self.every) = (name, every)
    store = try Store(path: path, for: .create)
    flags = restarts ? LEAT_SAVE_REWIND | LEAT_SAVE_REPLACE : 0
    if !restarts { try load(stream) }
  }

  private func load(_ stream: Stream) throws {
    let checkpoint: Store.Checkpoint
    do {
      guard let loaded = try store.load(name, into: stream) else { return }
      checkpoint = loaded
    } catch let error as LibraryError where error.code == LEAT_E_MISMATCH {
      throw ToolError(
        .data,
        "\(store.path), stream '\(name)': \(error.description). --restart starts the stream over "
          + "with this model, another --stream keeps the old one beside it")
    }
    if checkpoint.isFallback { warn(of: checkpoint.figures) }
    do {
      resumePoint = ResumePoint(
        cursor: try RunCursor(checkpoint.cursor), figures: checkpoint.figures,
        isFallback: checkpoint.isFallback)
    } catch {
      throw ToolError(
        .data, "\(store.path), stream '\(name)': \(error). --restart starts the stream over")
    }
  }

  private func warn(of figures: leat_checkpoint) {
    var reasons: [String] = []
    if figures.corrupt_generations > 0 {
      reasons.append("\(figures.corrupt_generations) newer checkpoints are damaged")
    }
    if figures.store_is_behind != 0 {
      reasons.append("the store is older than what it once acknowledged")
    }
    Terminal.report(
      "\(store.path), stream '\(name)': goes back to the checkpoint at sample \(figures.position): "
        + reasons.joined(separator: ", "))
  }

  /// How many samples may be stepped before the next checkpoint.
  func samplesUntilDue(at position: UInt64) -> Int {
    guard let every, let saved else { return .max }
    return Int(clamping: every - min(every, position - saved.position))
  }

  /// Seconds until a stream at this position has to be saved; nil when nothing is new, or when only
  /// samples count.
  func secondsUntilDue(at position: UInt64) -> Double? {
    guard let saved, position != saved.position else { return nil }
    if let every { return position - saved.position >= every ? 0 : nil }
    return max(0, 1 - (ContinuousClock.now - saved.at).seconds)
  }

  func save(_ stream: Stream, _ cursor: RunCursor) throws {
    try store.save(stream, as: name, cursor: cursor.bytes, flags: flags)
    flags = 0
    saved = (stream.position, .now)
    count += 1
  }
}
