// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Gives a stream another name, when it has a checkpoint that is whole. All rows bear the name in
  /// their checksums; those that don't hold stay as they are.
  func rename(_ from: StreamName, _ to: StreamName) throws(Failure) {
    try requireWritable()
    try inWriteTransaction { () throws(Failure) in
      try requireEpoch()
      guard let row = try find(from) else {
        throw Failure(LEAT_E_NOT_FOUND, "no stream \(from) in \(connection)")
      }
      if try find(to) != nil {
        throw Failure(LEAT_E_EXISTS, "there is a stream \(to) in \(connection)")
      }
      // Else nobody could tell what came of it.
      guard let newest = try newestWhole(row, from) else {
        throw Failure(
          LEAT_E_CORRUPT, "none of its checkpoints is whole: \(from) in \(connection)")
      }
      let rename = try statement(.renameStream)
      try rename.bind(1, row.id)
      try rename.bind(2, text: to.bytes)
      // 2^32 is no checksum: a row that didn't hold must not come to hold by its new name.
      try rename.bind(3, row.newest.map { Int64($0.checksum(of: to)) } ?? 1 << 32)
      try rename.writeRow(of: "leat_stream")

      let survey = try survey(of: row)
      var bound = Int64.max
      while let generation = survey.newest(upTo: bound) {
        bound = generation - 1
        let renamed = try withCheckpoint(row.id, from, generation: generation) {
          checkpoint throws(Failure) in checkpoint?.row?.checksum(of: to)
        }
        guard let renamed else { continue }
        let sign = try statement(.signCheckpoint)
        try sign.bind(1, StreamRow.slot(row.id, generation))
        try sign.bind(2, Int64(renamed))
        try sign.writeRow(of: "leat_checkpoint")
      }
      guard let renamed = try find(to), renamed.id == row.id,
        renamed.newest?.generation == row.newest?.generation,
        try newestWhole(renamed, to)?.generation == newest.generation
      else {
        throw Failure(
          LEAT_E_CORRUPT,
          """
          it is not what it was under its new name, by a damaged page, or a trigger or an \
          authorizer on the connection: \(from) in \(connection)
          """)
      }
    }
  }
}
