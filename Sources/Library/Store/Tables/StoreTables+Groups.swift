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
        return row.checksum(of: name) == member.checksum && UInt64(row.position) == member.position
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

  /// Throws when a stream is a member of a group, whose checkpoints would lose it.
  func requireNoMember(_ id: Int64, _ name: StreamName) throws(Failure) {
    try forEachGroup(with: id) { (group, _) throws(Failure) in
      throw explanation.failure(
        LEAT_E_ARGUMENT,
        "\(name) is a member of the group \(group), which would lose it, in \(connection)")
    }
  }

  /// Calls `body` for each group that has a stream as a member in its newest checkpoint.
  func forEachGroup(
    with id: Int64, _ body: (StreamName, StreamRow) throws(Failure) -> Void
  ) throws(Failure) {
    try forEachGroup { (name, group) throws(Failure) in
      guard let newest = group.newest else { return }
      let hasMember = try withCheckpoint(group.id, name, generation: newest.generation) {
        guard let state = $0?.state, let manifest = GroupManifest(state) else { return false }
        for index in 0..<manifest.count where manifest[index].id == id { return true }
        return false
      }
      if hasMember { try body(name, group) }
    }
  }

  func forEachGroup(
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
