// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSamples

/// A run's stream in a store: what was found there, and when it's to be saved again.
final class CheckpointKeeper {
  /// Where the stream was when the last run saved it.
  struct Found {
    let cursor: RunCursor
    let figures: leat_checkpoint
    let isFallback: Bool
  }

  private let store: Store
  var path: String { store.path }
  private let name: String
  /// Samples from one checkpoint to the next; nil for a second.
  private let every: UInt64?
  /// Until the first save: the stream may go back, or be another model's.
  private var flags: UInt32
  private(set) var found: Found?
  /// Checkpoints that were saved.
  private(set) var count: UInt64 = 0
  private var saved: (position: UInt64, at: ContinuousClock.Instant)?

  /// Sets the stream to its newest checkpoint, if there is one.
  ///
  /// - Parameter restarts: what the store has is given up, once the first checkpoint is saved
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
        "\(store.path), stream '\(name)': \(error.description). --restart begins the stream anew "
          + "with this model, another --stream keeps the old one beside it")
    }
    let figures = checkpoint.figures
    if checkpoint.isFallback { complain(figures) }
    let cursor: RunCursor
    do {
      cursor = try RunCursor(checkpoint.cursor)
    } catch {
      throw ToolError(
        .data, "\(store.path), stream '\(name)': \(error). --restart begins the stream anew")
    }
    found = Found(cursor: cursor, figures: figures, isFallback: checkpoint.isFallback)
  }

  private func complain(_ figures: leat_checkpoint) {
    var reasons: [String] = []
    if figures.corrupt_generations > 0 {
      reasons.append("\(figures.corrupt_generations) newer checkpoints are damaged")
    }
    if figures.store_is_behind != 0 {
      reasons.append("the store is older than what it once acknowledged")
    }
    Terminal.complain(
      "\(store.path), stream '\(name)': goes back to the checkpoint at sample \(figures.position): "
        + reasons.joined(separator: ", and "))
  }

  /// How many samples more may be taken in before the next checkpoint.
  func room(at position: UInt64) -> Int {
    guard let every, let saved else { return .max }
    return Int(clamping: every - min(every, position - saved.position))
  }

  /// Seconds until a checkpoint of a stream at this position is due; nil when none will be.
  func due(at position: UInt64) -> Double? {
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
