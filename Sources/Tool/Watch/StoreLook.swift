// SPDX-License-Identifier: MIT

/// What a store held at one time.
struct StoreLook {
  struct Stream {
    let entry: Store.Entry
    /// Samples a second between its last two checkpoints; nil before there were two.
    let rate: Double?

    func age(at time: Int64) -> Age { Age(of: entry.savedAt, at: time) }
  }

  /// Unix time in milliseconds.
  let time: Int64
  /// In the order of their names.
  let streams: [Stream]
  let totals: StoreReport
  /// Since the look before; nil in the first.
  let commitsPerSecond: Double?
  let writer: String?
}

/// As JSON has it: one object for each look.
struct StoreLookLine: Encodable {
  struct Stream: Encodable {
    let name: String
    let position, generation: UInt64
    let generationsKept: UInt32
    let savedAtMs: Int64
    /// Below 0 when it was saved in what is the future here.
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
  init(_ look: StoreLook, stale: Double) {
    timeMs = look.time
    store = look.totals
    commitsPerSecond = look.commitsPerSecond
    writer = look.writer
    streams = look.streams.map { stream in
      let (entry, age) = (stream.entry, stream.age(at: look.time))
      return Stream(
        name: entry.name, position: entry.position, generation: entry.generation,
        generationsKept: entry.generations, savedAtMs: entry.savedAt,
        ageSeconds: age.seconds, isStale: age.isStale(beyond: stale), rate: stream.rate)
    }
  }
}
