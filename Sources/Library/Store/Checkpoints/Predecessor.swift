// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// What a new checkpoint comes after.
struct Predecessor {
  /// Its generation, 0 if there is none.
  var generation: Int64 = 0
  /// The last number that was given away. It isn't used again, but after a rewind: a row that a
  /// damaged page brings back must not be taken for the one in its place.
  var number: Int64 = 0
  /// Whether all checkpoints that are there have to go.
  var keepsNone = false

  func at(_ generation: Int64) -> Predecessor {
    Predecessor(
      generation: generation, number: max(number, generation), keepsNone: keepsNone)
  }
}

extension StoreHandle {
  /// What the new checkpoint comes after. Damaged checkpoints don't count.
  func predecessor(
    _ row: StreamRow?, _ survey: borrowing Survey, _ name: StreamName, _ new: NewCheckpoint
  ) throws(Failure) -> Predecessor {
    guard let row else { return Predecessor(keepsNone: true) }
    // What the row names, if it may be followed by the new one.
    var named: Int64?
    if let newest = row.newest, newest.model == new.model, newest.position <= new.position {
      named = newest.generation
    }
    var found = Predecessor(number: row.newest?.generation ?? 0)
    // Only a checkpoint that could be loaded can refuse the save.
    var bound = Int64.max
    while let generation = survey.newest(upTo: bound) {
      bound = generation - 1
      if let named, generation <= named { break }
      let whole = try withCheckpoint(row.id, name, generation: generation) { $0?.whole?.info }
      guard let whole else { continue }
      if whole.fingerprint != new.model {
        if new.flags.replaces {
          found.keepsNone = true
          return found.at(generation)
        }
        throw Failure(
          LEAT_E_MISMATCH,
          "the checkpoints are of model \(whole.fingerprint), the new one of \(new.model): \(name)")
      }
      if whole.position <= UInt64(new.position) { return found.at(generation) }
      if !new.flags.rewinds {
        throw Failure(
          LEAT_E_POSITION,
          """
          the stream is at position \(new.position), its newest checkpoint at \(whole.position): \
          \(name)
          """)
      }
      found.number = 0
    }
    return found.at(named ?? 0)
  }
}
