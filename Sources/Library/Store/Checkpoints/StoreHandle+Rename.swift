// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Gives a stream another name, if it has a checkpoint that is whole. Each row's checksum
  /// includes the name, so each is written again. A damaged row stays as it is.
  func rename(_ from: StreamName, _ to: StreamName) throws(Failure) {
    try requireWritable()
    try inWriteTransaction { () throws(Failure) in
      try ownership.requireEpoch(tables)
      let row = try requireStream(from)
      try tables.requireNoMember(row.id, from)
      if row.isGroup { throw isGroup(from, LEAT_E_UNSUPPORTED) }
      if try tables.find(to) != nil {
        throw explanation.failure(LEAT_E_EXISTS, "there is a stream \(to) in \(connection)")
      }
      // Otherwise the result could not be checked.
      guard let newest = try tables.newestWhole(row, from) else {
        throw explanation.failure(
          LEAT_E_CORRUPT, "none of its checkpoints is whole: \(from) in \(connection)")
      }
      try tables.rename(row, to: to)
      var newestFirst = try tables.generations(of: row).newestFirst
      while let generation = newestFirst.next() {
        let checksum = try tables.withCheckpoint(row.id, from, generation: generation) {
          $0?.row?.checksum(of: to, connection.emptyCRC)
        }
        guard let checksum else { continue }
        try tables.setChecksum(checksum, ofCheckpoint: generation, row.id)
      }
      guard let renamed = try tables.find(to), renamed.id == row.id,
        renamed.newest?.generation == row.newest?.generation,
        try tables.newestWhole(renamed, to)?.generation == newest.generation
      else { throw notAsWritten("what its new name finds", from) }
    }
  }
}
