// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// What a new checkpoint follows.
struct Predecessor {
  /// The generation of the checkpoint before, 0 if there is none.
  var generation: Int64 = 0
  /// The last generation that was given to a checkpoint. A number isn't used twice, except after a
  /// rewind: otherwise a row that a damaged page brings back could be taken for the new one.
  var lastNumber: Int64 = 0
  /// Whether all checkpoints must be deleted.
  var keepsNone = false

  func at(_ generation: Int64) -> Predecessor {
    Predecessor(
      generation: generation, lastNumber: max(lastNumber, generation), keepsNone: keepsNone)
  }
}

extension StoreHandle {
  /// Finds what the new checkpoint follows. Throws when an undamaged checkpoint refuses the save;
  /// damaged ones are passed over.
  func predecessor(
    _ row: StreamRow?, _ stored: borrowing StoredGenerations, _ name: StreamName,
    _ new: NewCheckpoint
  ) throws(Failure) -> Predecessor {
    guard let row else { return Predecessor(keepsNone: true) }
    // What the row names, if the new checkpoint may follow it.
    var named: Int64?
    if let newest = row.newest, newest.model == new.model, newest.position <= new.position {
      named = newest.generation
    }
    var found = Predecessor(lastNumber: row.newest?.generation ?? 0)
    var newestFirst = stored.newestFirst
    while let generation = newestFirst.next() {
      if let named, generation <= named { break }
      let whole = try tables.withCheckpoint(row.id, name, generation: generation) {
        $0?.whole?.info
      }
      guard let whole else { continue }
      if whole.fingerprint != new.model {
        if new.flags.replaces {
          found.keepsNone = true
          return found.at(generation)
        }
        if whole.fingerprint == .group { throw isGroup(name, LEAT_E_MISMATCH) }
        if new.model == .group { throw noGroup(name) }
        throw explanation.failure(
          LEAT_E_MISMATCH,
          """
          found checkpoints of model \(whole.fingerprint), expected the new one's, \(new.model): \
          \(name)
          """)
      }
      if whole.position <= UInt64(new.position) { return found.at(generation) }
      if !new.flags.rewinds {
        throw explanation.failure(
          LEAT_E_POSITION,
          """
          found position \(new.position), expected at least the newest checkpoint's, \
          \(whole.position): \(name)
          """)
      }
      found.lastNumber = 0
    }
    return found.at(named ?? 0)
  }
}
