// SPDX-License-Identifier: MIT

import Leat

/// What a store contained at one time.
struct StoreSnapshot {
  struct Stream {
    let entry: Store.Entry
    /// Samples a second between its last two checkpoints; nil before there were two.
    let rate: Double?

    func age(at time: Int64) -> Age { Age(of: entry.savedAt, at: time) }
  }

  /// Unix time in milliseconds.
  let time: Int64
  /// Sorted by name.
  let streams: [Stream]
  let totals: StoreReport
  /// Since the last snapshot; nil in the first.
  let commitsPerSecond: Double?
  let writer: String?
}

/// A snapshot as JSON.
struct StoreSnapshotLine: Encodable {
  struct Stream: Encodable {
    let name: String
    let position, generation: UInt64
    let generationsKept: Int
    let savedAtMs: Int64
    /// Below 0 when it was saved in the future, by this machine's clock.
    let ageSeconds: Double
    let isStale: Bool
    let rate: Double?
  }

  let timeMs: Int64
  let store: StoreReport
  let commitsPerSecond: Double?
  let writer: String?
  let streams: [Stream]

  /// - Parameter stale: seconds beyond which a stream is stale
  init(_ snapshot: StoreSnapshot, stale: Double) {
    timeMs = snapshot.time
    store = snapshot.totals
    commitsPerSecond = snapshot.commitsPerSecond
    writer = snapshot.writer
    streams = snapshot.streams.map { stream in
      let (entry, age) = (stream.entry, stream.age(at: snapshot.time))
      return Stream(
        name: entry.name, position: entry.position, generation: entry.generation,
        generationsKept: entry.generations, savedAtMs: entry.savedAt,
        ageSeconds: age.seconds, isStale: age.isStale(beyond: stale), rate: stream.rate)
    }
  }
}
