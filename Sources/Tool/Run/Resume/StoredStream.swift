// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// The stream of a run in a store, or its streams: the newest checkpoint at the start, and when the
/// next is due.
final class StoredStream {
  /// Where the stream was when the last run saved it.
  struct ResumePoint {
    let cursor: RunCursor
    let checkpoint: Checkpoint
    /// Samples that all of its streams had taken in.
    let position: UInt64
  }

  private let store: Store
  let path, name: String
  /// Samples from one checkpoint to the next; nil for one a second.
  private let every: UInt64?
  /// Of the first save: the stream may go back, or be another model's.
  private var options: SaveOptions
  /// nil of a new stream.
  private(set) var resumePoint: ResumePoint?
  /// Checkpoints that were saved.
  private(set) var count: UInt64 = 0
  private var saved: (position: UInt64, at: ContinuousClock.Instant)?
  /// Seconds from one checkpoint to the next, unless samples count. A checkpoint of many streams may
  /// take long: a run saves in a fifth of its time at most.
  private var interval = 1.0

  /// Sets the streams to their newest checkpoint, if they have one.
  ///
  /// - Parameter restarts: the first save replaces all that the store has of the stream
  init(
    path: String, name: String, every: UInt64?, restarts: Bool, streams: any RunStreams
  ) throws {
    (self.path, self.name, self.every) = (path, name, every)
    store = try Store(path: path)
    options = restarts ? [.rewind, .replace] : []
    try requireNoMember()
    if !restarts { try load(streams) }
  }

  /// The streams of a group are saved together, and one of them can't be another run's.
  private func requireNoMember() throws {
    // No list of all streams is read for other names.
    guard name.utf8.contains(UInt8(ascii: "/")) else { return }
    var group: String?
    try store.forEachStream { entry in
      if entry.members > 0 && name.utf8.starts(with: (entry.name + "/").utf8) { group = entry.name }
      return group == nil
    }
    guard let group else { return }
    throw ToolError(
      .usage,
      "--stream \(name): the store has a stream '\(group)', begun with --by, whose streams have such "
        + "names; expected another name")
  }

  private func load(_ streams: any RunStreams) throws {
    let checkpoint: Checkpoint
    do {
      guard let loaded = try streams.load(name, from: store) else { return }
      checkpoint = loaded
    } catch let error as LeatError where error.code == .mismatch {
      throw ToolError(
        .data,
        "\(path), stream '\(name)': \(error). --restart starts the stream over "
          + "with this model, another --stream keeps the old one beside it")
    }
    if checkpoint.isFallback { warn(of: checkpoint, at: streams.position) }
    do {
      resumePoint = ResumePoint(
        cursor: try RunCursor(checkpoint.cursor), checkpoint: checkpoint,
        position: streams.position)
    } catch {
      throw ToolError(
        .data, "\(path), stream '\(name)': \(error). --restart starts the stream over")
    }
  }

  private func warn(of checkpoint: Checkpoint, at position: UInt64) {
    var reasons: [String] = []
    if checkpoint.corruptGenerations > 0 {
      reasons.append("\(checkpoint.corruptGenerations) newer checkpoints are damaged")
    }
    if checkpoint.isStoreBehind {
      reasons.append("the store is older than what it once acknowledged")
    }
    Terminal.report(
      "\(path), stream '\(name)': goes back to the checkpoint at sample \(position): "
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
    return max(0, interval - (ContinuousClock.now - saved.at).seconds)
  }

  func save(_ streams: any RunStreams, _ cursor: RunCursor) throws {
    let start = ContinuousClock.now
    if options.isEmpty {
      try streams.save(as: name, in: store, cursor: cursor.bytes, options)
    } else {
      try store.withTransaction {
        // With its members, which the new one may not have.
        if let entry = try store.entry(of: name), entry.members > 0 { try store.delete(name) }
        try streams.save(as: name, in: store, cursor: cursor.bytes, options)
      }
      options = []
    }
    saved = (streams.position, .now)
    if streams.count > 1 { interval = max(1, 4 * (ContinuousClock.now - start).seconds) }
    count += 1
  }
}
