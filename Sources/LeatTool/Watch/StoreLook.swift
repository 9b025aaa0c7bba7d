// SPDX-License-Identifier: MIT

/// What a store held at one time.
struct StoreLook {
  struct Stream {
    let entry: Store.Entry
    /// Samples a second between its last two checkpoints; nil before there were two.
    let rate: Double?

    func age(at time: Int64) -> Double { Double(time - entry.savedAt) / 1000 }
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
    let ageSeconds: Double
    let rate: Double?
  }

  let timeMs: Int64
  let store: StoreReport
  let commitsPerSecond: Double?
  let writer: String?
  let streams: [Stream]

  init(_ look: StoreLook) {
    timeMs = look.time
    store = look.totals
    commitsPerSecond = look.commitsPerSecond
    writer = look.writer
    streams = look.streams.map { stream in
      let entry = stream.entry
      return Stream(
        name: entry.name, position: entry.position, generation: entry.generation,
        generationsKept: entry.generations, savedAtMs: entry.savedAt,
        ageSeconds: stream.age(at: look.time), rate: stream.rate)
    }
  }
}
