// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

extension StoreHandle {
  /// Sets all members' streams to the group's newest checkpoint that is whole for every member, or
  /// changes none of them.
  func loadGroup(
    _ name: StreamName, _ members: GroupMembers, count: Int, cursor: UnsafeMutableRawBufferPointer?
  ) throws(Failure) -> leat_checkpoint {
    try requireUnchangedFile()
    var loaded = leat_checkpoint()
    loaded.store_is_behind = ownership.isBehind ? 1 : 0
    try inReadTransaction { () throws(Failure) in
      let row = try requireGroup(name)
      var passedOver = PassedOver(row)
      guard let group = try newestWhole(row, name, capacity: 0, &passedOver) else {
        throw noWhole(name, passedOver)
      }
      let manifest = group.manifest
      if manifest.count != count {
        throw explanation.failure(
          LEAT_E_MISMATCH, "count: found \(count), expected the group's, \(manifest.count): \(name)"
        )
      }
      let states = try GroupStates(for: members, explanation)
      defer { states.free() }
      try read(states, members, manifest, name)
      let ahead = try samplesAhead(manifest)
      try tables.withCheckpoint(row.id, name, generation: group.newest.generation) {
        checkpoint throws(Failure) in
        guard let checkpoint, let found = checkpoint.whole?.row else {
          throw noWhole(name, passedOver)
        }
        try unsafe require(cursor, toHold: found.cursor, "cursor_capacity", name)
        loaded.generation = UInt64(found.generation)
        loaded.position = manifest.position
        loaded.saved_at_ms = found.savedAt
        loaded.cursor_size = found.cursor.count
        loaded.state_size = UInt64(checkpoint.state.count)
        tables.kept.knownGroup = KnownGroup(
          id: row.id, generation: found.generation, checksum: found.checksum)
        // From here on nothing can fail.
        unsafe copy(found.cursor, to: cursor)
      }
      var offset = 0
      try members { (_, _, stream) throws(Failure) in
        guard let stream else { return }
        try stream.load(states.state(at: offset, size: stream.stateSize))
        offset += stream.stateSize
      }
      if !countLost(passedOver, group.newest, ahead, in: &loaded) {
        tables.kept.hasSeenDamage = true
        tables.kept.knownGroup = nil
      }
    }
    return loaded
  }

  /// Says in `loaded` what newer checkpoints of a group were lost. Returns whether there are none.
  private func countLost(
    _ passedOver: PassedOver, _ found: StreamRow.Newest, _ ahead: UInt64?,
    in loaded: inout leat_checkpoint
  ) -> Bool {
    let isNewest = passedOver.countLost(since: found, in: &loaded)
    guard let ahead else { return isNewest }
    loaded.corrupt_generations = max(loaded.corrupt_generations, 1)
    loaded.lost_samples = max(loaded.lost_samples, ahead)
    return false
  }

  /// How many samples the members' rows are ahead; nil when no row is. If one is, the group may have
  /// had a newer checkpoint, on pages that were lost.
  private func samplesAhead(_ manifest: GroupManifest) throws(Failure) -> UInt64? {
    var ahead: UInt64?
    for index in 0..<manifest.count {
      if let samples = try tables.samplesAhead(manifest[index]) {
        ahead = (ahead ?? 0).addingReportingOverflow(samples).partialValue
      }
    }
    return ahead
  }

  /// Calls `visit` for each member of the checkpoint that `loadGroup` takes, in their order, until
  /// it returns false. Returns what that would report.
  func listGroup(
    _ name: StreamName, _ visit: (UnsafePointer<leat_store_entry>) -> Bool
  ) throws(Failure) -> leat_checkpoint {
    try requireUnchangedFile()
    var listed = leat_checkpoint()
    listed.store_is_behind = ownership.isBehind ? 1 : 0
    try refusingCalls { () throws(Failure) in
      try inReadTransaction { () throws(Failure) in
        let row = try requireGroup(name)
        var passedOver = PassedOver(row)
        guard let group = try newestWhole(row, name, capacity: 0, &passedOver) else {
          throw noWhole(name, passedOver)
        }
        let ahead = try samplesAhead(group.manifest)
        _ = countLost(passedOver, group.newest, ahead, in: &listed)
        for index in 0..<group.manifest.count {
          let member = group.manifest[index]
          var entry = try tables.withStream(member.id) {
            $0.flatMap { ListEntry(member, $0.name.bytes) }
          }
          if unsafe entry?.visit(visit) == false { break }
        }
      }
    }
    return listed
  }

  private func noWhole(_ name: StreamName, _ passedOver: PassedOver) -> Failure {
    explanation.failure(
      LEAT_E_CORRUPT,
      """
      none of its checkpoints is whole for every member, \(passedOver.count) were tried: \(name) in \
      \(connection)
      """)
  }

  /// Reads the state of each member, and throws unless its stream can be set to it.
  private func read(
    _ states: GroupStates, _ members: GroupMembers, _ manifest: GroupManifest, _ name: StreamName
  ) throws(Failure) {
    var offset = 0
    try members { (index, member, stream) throws(Failure) in
      let expected = manifest[index]
      guard let stream else { return }
      let isMember = try tables.withCheckpoint(
        expected.id, member, generation: expected.generation
      ) { checkpoint throws(Failure) in
        guard let checkpoint, let whole = checkpoint.whole,
          whole.row.checksum == expected.checksum
        else { return false }
        let model = try stream.fingerprint()
        if whole.info.fingerprint != model {
          throw explanation.failure(
            LEAT_E_MISMATCH,
            """
            found a checkpoint of model \(whole.info.fingerprint), expected the stream's, \(model): \
            \(member)
            """)
        }
        try unsafe stream.checkLoad(checkpoint.state, scratch: states.scratch)
        states.keep(checkpoint.state, at: offset)
        offset += stream.stateSize
        return true
      }
      if !isMember { throw try otherMember(index, member, expected, name) }
    }
  }
}

/// The states of a group between reading and loading: reading may fail, and then no stream may have
/// changed.
@safe private struct GroupStates {
  private let memory: UnsafeMutableRawPointer
  private let base: UnsafeMutableRawPointer
  /// For a copy of any of the streams.
  let scratch: UnsafeMutableRawPointer

  private static var line: Int { 64 }

  /// `free` returns the memory.
  init(for members: GroupMembers, _ explanation: Explanation) throws(Failure) {
    var (blockSize, total) = (0, 0)
    var hasOverflow = false
    try members { (_, _, stream) throws(Failure) in
      guard let stream else { return }
      blockSize = max(blockSize, stream.blockSize)
      let (sum, overflow) = total.addingReportingOverflow(stream.stateSize)
      total = sum
      hasOverflow = hasOverflow || overflow
    }
    let overhead = blockSize.roundedUp(toMultipleOf: GroupStates.line) + GroupStates.line
    guard !hasOverflow, total <= Int.max - overhead else {
      throw explanation.failure(LEAT_E_MEMORY, "no memory for the states of a group")
    }
    unsafe memory = try SQLiteMemory.allocate(overhead + total, explanation)
    unsafe scratch = memory.alignedUp(toMultipleOf: GroupStates.line)
    unsafe base = scratch + blockSize.roundedUp(toMultipleOf: GroupStates.line)
  }

  func free() { unsafe SQLiteMemory.free(memory) }

  /// A state that was loaded into a copy of its stream, and so has the size that this expects.
  func keep(_ state: ByteView, at offset: Int) {
    unsafe state.withBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      // Safe: the memory is as large as all states together.
      unsafe (base + offset).copyMemory(from: start, byteCount: bytes.count)
    }
  }

  func state(at offset: Int, size: Int) -> ByteView { unsafe ByteView(base + offset, count: size) }
}
