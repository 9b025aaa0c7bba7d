// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreTables {
  /// Reads a stream's row and name for `body`, which gets nil when there is no such stream or SQLite
  /// can't read it.
  func withStream<Result>(
    _ id: Int64, _ body: ((row: StreamRow, name: StreamName)?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let find = try statement(.stream, id)
    var found: (row: StreamRow, name: StreamName)?
    do throws(Failure) {
      if try find.step(), let name = try StreamRow.name(find),
        let row = try StreamRow(find, name)
      {
        found = (row, name)
      }
    } catch let failure {
      guard failure.code == LEAT_E_CORRUPT else { throw failure }
      kept.hasSeenDamage = true
    }
    // The name's bytes are the statement's.
    defer { extendLifetime(find) }
    return try body(found)
  }

  /// Whether a member's stream has the checkpoint that the group's names.
  func isWhole(_ member: GroupMember) throws(Failure) -> Bool {
    try withStream(member.id) { stream throws(Failure) in
      guard let name = stream?.name else { return false }
      return try withCheckpoint(member.id, name, generation: member.generation) {
        guard let row = $0?.whole?.row else { return false }
        return row.checksum == member.checksum && UInt64(row.position) == member.position
      }
    }
  }

  /// How far a member's row is ahead of the group's checkpoint; nil when it names that checkpoint.
  func samplesAhead(_ member: GroupMember) throws(Failure) -> UInt64? {
    try withStream(member.id) { stream in
      guard let newest = stream?.row.newest else { return 0 }
      if newest.generation == member.generation && UInt64(newest.position) == member.position {
        return nil
      }
      return UInt64(max(0, newest.position - Int64(clamping: member.position)))
    }
  }

  func isWhole(_ manifest: GroupManifest) throws(Failure) -> Bool {
    for index in 0..<manifest.count where try !isWhole(manifest[index]) { return false }
    return true
  }

  /// Throws when a stream is a member of a group other than `own`, whose checkpoints would lose it.
  func requireNoMember(
    _ id: Int64, _ name: StreamName, own: StreamName? = nil
  ) throws(Failure) {
    try forEachManifest { (group, manifest) throws(Failure) in
      if let own, own.bytes == group.bytes { return }
      for index in 0..<manifest.count where manifest[index].id == id {
        throw explanation.failure(
          LEAT_E_ARGUMENT,
          "\(name) is a member of the group \(group), which would lose it, in \(connection)")
      }
    }
  }

  /// The ids of all groups and their members, sorted.
  func groupedStreams() throws(Failure) -> NumberSet {
    var ids = NumberSet()
    try forEachGroup { (_, group) throws(Failure) in
      try ids.add(UInt64(group.id), explanation)
    }
    try forEachManifest { (_, manifest) throws(Failure) in
      for index in 0..<manifest.count {
        try ids.add(UInt64(bitPattern: manifest[index].id), explanation)
      }
    }
    ids.sort()
    return ids
  }

  /// Calls `body` with the manifest of each checkpoint of each group. The manifest is valid until
  /// another checkpoint is read.
  private func forEachManifest(
    _ body: (StreamName, GroupManifest) throws(Failure) -> Void
  ) throws(Failure) {
    try forEachGroup { (name, group) throws(Failure) in
      var newestFirst = try generations(of: group).newestFirst
      while let generation = newestFirst.next() {
        try withCheckpoint(group.id, name, generation: generation) { checkpoint throws(Failure) in
          guard let state = checkpoint?.state,
            let manifest = GroupManifest(state, connection.emptyCRC)
          else { return }
          try body(name, manifest)
        }
      }
    }
  }

  private func forEachGroup(
    _ body: (StreamName, StreamRow) throws(Failure) -> Void
  ) throws(Failure) {
    let groups = try statement(.groups)
    var order = RowOrder()
    while try groups.step() {
      _ = try order.next(groups, connection)
      guard let name = try StreamRow.name(groups), let row = try StreamRow(groups, name)
      else { continue }
      try body(name, row)
    }
  }
}
