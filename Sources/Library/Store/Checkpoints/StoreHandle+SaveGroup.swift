// SPDX-License-Identifier: MIT
//
// A save of a group writes the members that have changed, and a manifest with the others as they
// were in the checkpoint before. That must be one that a load would take, or the others would be of
// another moment, or be lost. The writer knows it if it has loaded or written the group
// itself. Otherwise it reads all members, as a load does (`GroupPredecessor`).

import CLeat
import LeatSupport

extension StoreHandle {
  /// Writes a checkpoint of a group.
  ///
  /// - Parameter requireDistinct: throws if a member is there twice; called when there are new ones
  func saveGroup(
    _ name: StreamName, _ members: GroupMembers, count: Int, cursor: ByteView, flags: SaveFlags,
    requireDistinct: () throws(Failure) -> Void
  ) throws(Failure) {
    try requireWritable()
    try inWriteTransaction { () throws(Failure) in
      try ownership.requireEpoch(tables)
      let before = try predecessor(name, members, count, flags)
      if count > before.count { try requireDistinct() }
      if before.mustReplace, let row = try tables.find(name) { try deleteStream(row.id) }
      let buffer = try groupBuffer(count)
      var sum: UInt64 = 0
      try members { (index, member, stream) throws(Failure) in
        let entry = try write(member, stream, before.member(index), before, flags)
        buffer.set(index, entry)
        let (total, overflow) = sum.addingReportingOverflow(entry.position)
        sum = overflow ? UInt64(Int64.max) : min(total, UInt64(Int64.max))
      }
      let written = try write(
        name,
        NewCheckpoint(
          model: .group, position: Int64(sum), state: buffer.finish(count, position: sum),
          cursor: cursor,
          flags: SaveFlags(rewinds: flags.rewinds || before.mayRewind, replaces: flags.replaces)))
      tables.kept.knownGroup = KnownGroup(
        id: written.id, generation: written.generation, checksum: written.checksum)
    }
  }

  /// Writes a member if it has changed, and returns what the manifest says of it.
  private func write(
    _ name: StreamName, _ stream: CoreStream?, _ known: GroupMember?, _ before: GroupPredecessor,
    _ flags: SaveFlags
  ) throws(Failure) -> GroupMember {
    let new: NewCheckpoint
    if let stream {
      new = try checkpoint(
        of: stream, cursor: .empty,
        flags: SaveFlags(
          rewinds: flags.rewinds || (known != nil && before.mayRewind), replaces: flags.replaces))
    } else if let known {
      // What is newer than the checkpoint before must go, or a load would take it for a loss.
      guard before.mayRewind, try tables.samplesAhead(known) != nil else { return known }
      new = try checkpoint(of: known, name)
    } else {
      // `check` has refused this.
      throw explanation.failure(LEAT_E_ARGUMENT, "there is no stream of \(name)")
    }
    let written = try write(name, new)
    return GroupMember(
      id: written.id, generation: written.generation, position: UInt64(new.position),
      checksum: written.checksum, tag: written.tag)
  }

  /// The checkpoint that a manifest names, to be written again.
  private func checkpoint(
    of member: GroupMember, _ name: StreamName
  ) throws(Failure) -> NewCheckpoint {
    try tables.withCheckpoint(member.id, name, generation: member.generation) {
      checkpoint throws(Failure) in
      guard let checkpoint, let whole = checkpoint.whole else {
        throw notAsWritten("its checkpoint", name)
      }
      let size = checkpoint.state.count
      let copy = try unsafe buffer(size: size)
      unsafe checkpoint.state.withBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        unsafe copy.copyMemory(from: start, byteCount: size)
      }
      return NewCheckpoint(
        model: whole.info.fingerprint, position: whole.row.position,
        state: unsafe ByteView(copy, count: size), cursor: .empty, flags: SaveFlags(rewinds: true))
    }
  }

  /// Finds the checkpoint of the group that the new one follows, and checks that it may.
  private func predecessor(
    _ name: StreamName, _ members: GroupMembers, _ count: Int, _ flags: SaveFlags
  ) throws(Failure) -> GroupPredecessor {
    guard let row = try tables.find(name) else {
      return try checked(GroupPredecessor(), members, count, flags, name)
    }
    do throws(Failure) {
      if row.newest != nil && !row.isGroup { throw noGroup(name) }
      if let known = try knownManifest(row, name, capacity: count) {
        do throws(Failure) {
          return try checked(GroupPredecessor(manifest: known), members, count, flags, name)
        } catch let failure {
          // The streams may be those of an older checkpoint, if this one was damaged meanwhile.
          if failure.code != LEAT_E_POSITION { throw failure }
        }
      }
      var passedOver = PassedOver(row)
      let whole = try newestWhole(row, name, capacity: count, &passedOver)
      return try checked(
        GroupPredecessor(manifest: whole?.manifest, mayRewind: true), members, count, flags, name)
    } catch let failure {
      guard failure.code == LEAT_E_MISMATCH, flags.replaces else { throw failure }
    }
    try tables.requireNoMember(row.id, name, own: name)
    return try checked(GroupPredecessor(mustReplace: true), members, count, flags, name)
  }

  /// Throws unless the streams may follow the group's checkpoint.
  private func checked(
    _ before: GroupPredecessor, _ members: GroupMembers, _ count: Int, _ flags: SaveFlags,
    _ name: StreamName
  ) throws(Failure) -> GroupPredecessor {
    if count < before.count {
      throw explanation.failure(
        LEAT_E_MISMATCH,
        "count: found \(count), expected at least the group's, \(before.count): \(name)")
    }
    try members { (index, member, stream) throws(Failure) in
      guard let known = before.member(index) else {
        return try checkNew(index, member, hasStream: stream != nil, name)
      }
      if known.tag != tables.tag(of: member) {
        throw try otherMember(index, member, known, name)
      }
      if let stream, stream.position < known.position, !flags.rewinds {
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

  /// Checks a member that the group doesn't have yet.
  private func checkNew(
    _ index: Int, _ member: StreamName, hasStream: Bool, _ name: StreamName
  ) throws(Failure) {
    if !hasStream {
      throw explanation.failure(
        LEAT_E_ARGUMENT,
        """
        streams[\(index)] is NULL, expected the stream of \(member): no checkpoint of the group that \
        can be followed has it: \(name)
        """)
    }
    if member.bytes == name.bytes {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "members[\(index)] has the group's own name, expected another: \(name)")
    }
    if let row = try tables.find(member) {
      if row.isGroup { throw isGroup(member, LEAT_E_ARGUMENT) }
      try tables.requireNoMember(row.id, member, own: name)
    }
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
  /// nil when there is none. A save writes the new manifest over it, member by member.
  var manifest: GroupManifest?
  /// Whether members may have newer checkpoints, which the new one undoes.
  var mayRewind = false
  /// Whether what has the group's name must be deleted first.
  var mustReplace = false

  var count: Int { manifest?.count ?? 0 }

  func member(_ index: Int) -> GroupMember? {
    guard let manifest, index < manifest.count else { return nil }
    return manifest[index]
  }
}
