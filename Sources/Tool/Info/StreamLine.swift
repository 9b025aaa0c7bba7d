// SPDX-License-Identifier: MIT

import Leat

/// A stream of a store, as JSON of `leat store ls`.
struct StreamLine: Encodable {
  let name: String
  let position, generation: UInt64
  let generationsKept: Int
  let stateBytes, cursorBytes: UInt64
  /// Of a group; 0 of a stream.
  let members: Int
  /// Unix time in milliseconds.
  let savedAtMs: Int64

  init(_ entry: Store.Entry) {
    name = entry.name
    (position, generation) = (entry.position, entry.generation)
    generationsKept = entry.generations
    (stateBytes, cursorBytes) = (entry.stateSize, entry.cursorSize)
    members = entry.members
    savedAtMs = entry.savedAt
  }
}
