// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Writes a checkpoint of a group: of each member that changed, and the manifest with the cursor.
  func saveGroup(
    _ name: StreamName, _ members: GroupMembers, count: Int, cursor: ByteView, flags: SaveFlags
  ) throws(Failure) {
    try requireWritable()
    try inWriteTransaction { () throws(Failure) in
      try ownership.requireEpoch(tables)
      var before = GroupPredecessor()
      do throws(Failure) {
        before = try predecessor(name, members, count, flags)
      } catch let failure {
        guard failure.code == LEAT_E_MISMATCH, flags.replaces else { throw failure }
        before = try check(members, count, GroupPredecessor(), flags, name)
        if let row = try tables.find(name) { try deleteStream(row.id) }
      }
      var writer = GroupWriter(buffer: try groupBuffer(count), before: before)
      try members { (index, member, stream) throws(Failure) in
        guard let stream else { return writer.keep(index) }
        let isMember = writer.isMember(index)
        let new = try checkpoint(
          of: stream, cursor: .empty,
          flags: SaveFlags(
            rewinds: flags.rewinds || (isMember && before.mayRewind), replaces: flags.replaces))
        let written = try write(member, new)
        if !writer.set(index, written, new.position, RecentSaves.tag(member)) {
          throw explanation.failure(
            LEAT_E_ARGUMENT, "members[\(index)]: \(member) is in the group twice, expected once")
        }
      }
      let manifest = writer.finish(count)
      let new = NewCheckpoint(
        model: .group, position: writer.position, state: manifest, cursor: cursor,
        flags: SaveFlags(
          rewinds: flags.rewinds || before.mayRewind, replaces: flags.replaces))
      _ = try write(name, new)
    }
  }

  /// Finds the checkpoint of the group that the new one follows, and checks that it may.
  private func predecessor(
    _ name: StreamName, _ members: GroupMembers, _ count: Int, _ flags: SaveFlags
  ) throws(Failure) -> GroupPredecessor {
    guard let row = try tables.find(name) else {
      return try check(members, count, GroupPredecessor(), flags, name)
    }
    if let newest = row.newest, newest.model != .group { throw noGroup(name) }
    // Without damage the newest is whole, and it isn't necessary to read all members.
    if !tables.kept.hasSeenDamage {
      let newest = GroupPredecessor(manifest: try newestManifest(row, name, capacity: count))
      do throws(Failure) {
        return try check(members, count, newest, flags, name)
      } catch let failure {
        if failure.code != LEAT_E_POSITION { throw failure }
      }
    }
    // The streams may be those of an older checkpoint, because newer ones are damaged, or because
    // the rows are of different moments.
    var passedOver = PassedOver(row)
    let whole = try newestWhole(row, name, capacity: count, &passedOver)
    return try check(
      members, count,
      GroupPredecessor(
        manifest: whole?.manifest,
        mayRewind: tables.kept.hasSeenDamage || whole?.newest != row.newest),
      flags, name)
  }

  /// Throws unless the streams may follow the group's checkpoint.
  private func check(
    _ members: GroupMembers, _ count: Int, _ before: GroupPredecessor, _ flags: SaveFlags,
    _ name: StreamName
  ) throws(Failure) -> GroupPredecessor {
    let countBefore = before.manifest?.count ?? 0
    if count < countBefore {
      throw explanation.failure(
        LEAT_E_MISMATCH,
        "count: found \(count), expected at least the group's, \(countBefore): \(name)")
    }
    try members { (index, member, stream) throws(Failure) in
      var known: GroupMember?
      if let manifest = before.manifest, index < manifest.count {
        if manifest[index].tag != RecentSaves.tag(member) {
          throw try otherMember(index, member, manifest[index], name)
        }
        known = manifest[index]
      }
      guard let stream else {
        if known == nil {
          throw explanation.failure(
            LEAT_E_ARGUMENT,
            "streams[\(index)] is NULL, and the group has no checkpoint of \(member): \(name)")
        }
        return
      }
      if let known, stream.position < known.position, !flags.rewinds {
        throw explanation.failure(
          LEAT_E_POSITION,
          """
          streams[\(index)], \(member): found position \(stream.position), expected at least that \
          of the group's newest checkpoint, \(known.position): \(name)
          """)
      }
    }
    return before
  }

  /// A caller's member that isn't the group's.
  func otherMember(
    _ index: Int, _ found: StreamName, _ expected: GroupMember, _ group: StreamName
  ) throws(Failure) -> Failure {
    try tables.withStream(expected.id) { stream throws(Failure) in
      guard let name = stream?.name else {
        return explanation.failure(
          LEAT_E_MISMATCH, "members[\(index)]: found \(found), expected another: \(group)")
      }
      return explanation.failure(
        LEAT_E_MISMATCH, "members[\(index)]: found \(found), expected \(name): \(group)")
    }
  }
}

/// What a new checkpoint of a group follows.
private struct GroupPredecessor {
  /// nil when there is none.
  var manifest: GroupManifest?
  /// Whether newer ones may be damaged. What they have of the members is rewound.
  var mayRewind = false
}

/// Writes a manifest over the one before.
private struct GroupWriter {
  private let buffer: GroupBuffer
  private let before: GroupManifest?
  private var greatestID: Int64 = 0
  private var sum: UInt64 = 0

  init(buffer: GroupBuffer, before: GroupPredecessor) {
    self.buffer = buffer
    self.before = before.manifest
  }

  /// The samples that all members have taken in.
  var position: Int64 { Int64(sum) }

  func isMember(_ index: Int) -> Bool { index < before?.count ?? 0 }

  /// Leaves a member as it was before.
  mutating func keep(_ index: Int) {
    guard let before else { return }
    add(before[index])
  }

  /// Enters a member. Returns false if it is entered already.
  mutating func set(
    _ index: Int, _ written: WrittenCheckpoint, _ position: Int64, _ tag: UInt32
  ) -> Bool {
    let wasMember = isMember(index) && before?[index].id == written.id
    // New streams have new ids, so most are greater than all before.
    if !wasMember && written.id <= greatestID && buffer.hasMember(written.id, before: index) {
      return false
    }
    let member = GroupMember(
      id: written.id, generation: written.generation, position: UInt64(position),
      checksum: written.checksum, tag: tag)
    buffer.set(index, member)
    add(member)
    return true
  }

  private mutating func add(_ member: GroupMember) {
    greatestID = max(greatestID, member.id)
    let (total, overflow) = sum.addingReportingOverflow(member.position)
    sum = overflow ? UInt64(Int64.max) : min(total, UInt64(Int64.max))
  }

  func finish(_ count: Int) -> ByteView { buffer.finish(count, position: sum) }
}
