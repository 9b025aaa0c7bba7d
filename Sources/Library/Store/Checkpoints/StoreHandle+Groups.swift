// SPDX-License-Identifier: MIT
//
// A group is several streams with one checkpoint. Its members are streams like others. The group
// itself is another row of leat_stream, whose model is `Fingerprint.group`, and each of its
// checkpoints has a manifest in place of a state: which checkpoint each member has. All are written
// in one transaction. A load takes the newest checkpoint of the group for which the checkpoint of
// every member is whole as well. Since a stream keeps as many checkpoints as its group, and a save
// of the group writes at most one of each member, those of the group's older checkpoints are still
// there.

import CLeat
import CLeatStore
import LeatSupport

/// The streams of a call in their order, which calls its argument for each. A stream is nil when
/// the member hasn't changed.
typealias GroupMembers = (
  (_ index: Int, _ name: StreamName, _ stream: CoreStream?) throws(Failure) -> Void
) throws(Failure) -> Void

/// A group's checkpoint that is whole for every member.
struct WholeGroup {
  /// In the store's buffer for it.
  let manifest: GroupManifest
  let newest: StreamRow.Newest
}

extension StoreHandle {
  /// A group's row, to load it.
  func requireGroup(_ name: StreamName) throws(Failure) -> StreamRow {
    let row = try requireRow(toLoad: name)
    if row.newest != nil && !row.isGroup { throw noGroup(name) }
    return row
  }

  func isGroup(_ name: StreamName, _ code: Int32) -> Failure {
    explanation.failure(code, "\(name) is a group, expected a stream, in \(connection)")
  }

  func noGroup(_ name: StreamName) -> Failure {
    explanation.failure(LEAT_E_MISMATCH, "\(name) is a stream, expected a group, in \(connection)")
  }

  /// The newest checkpoint that is whole for every member. The manifest's buffer has room for at
  /// least `capacity` members.
  func newestWhole(
    _ row: StreamRow, _ name: StreamName, capacity: Int, _ passedOver: inout PassedOver
  ) throws(Failure) -> WholeGroup? {
    var newestFirst = try tables.generations(of: row).newestFirst
    while let generation = newestFirst.next() {
      guard let manifest = try manifest(row, name, generation, capacity: capacity)?.manifest else {
        passedOver.add(generation, isThere: false, nil)
        continue
      }
      if try tables.isWhole(manifest) {
        return WholeGroup(
          manifest: manifest,
          newest: StreamRow.Newest(
            model: .group, generation: generation, position: Int64(manifest.position)))
      }
      passedOver.add(generation, isThere: true, manifest.position)
    }
    tables.kept.hasSeenDamage = true
    return nil
  }

  /// The manifest of the newest checkpoint that has one, whether or not its members are whole.
  func newestManifest(_ row: StreamRow, _ name: StreamName) throws(Failure) -> GroupManifest? {
    var newestFirst = try tables.generations(of: row).newestFirst
    while let generation = newestFirst.next() {
      if let found = try manifest(row, name, generation, capacity: 0) { return found.manifest }
    }
    return nil
  }

  /// The newest checkpoint if this writer knows that it is whole.
  func knownManifest(
    _ row: StreamRow, _ name: StreamName, capacity: Int
  ) throws(Failure) -> GroupManifest? {
    guard !tables.kept.hasSeenDamage, let known = tables.kept.knownGroup, known.id == row.id,
      known.generation == row.newest?.generation,
      let found = try manifest(row, name, known.generation, capacity: capacity),
      found.checksum == known.checksum
    else { return nil }
    return found.manifest
  }

  /// Copies a manifest into the store's buffer; gives it with the checksum of its checkpoint's row.
  /// nil when it isn't whole.
  func manifest(
    _ row: StreamRow, _ name: StreamName, _ generation: Int64, capacity: Int
  ) throws(Failure) -> (manifest: GroupManifest, checksum: UInt32)? {
    try tables.withCheckpoint(row.id, name, generation: generation) {
      checkpoint throws(Failure) in
      guard let checkpoint, let whole = checkpoint.whole,
        let found = GroupManifest(checkpoint.state, connection.emptyCRC),
        let kept = try groupBuffer(max(capacity, found.count)).keep(found)
      else { return nil }
      return (kept, whole.row.checksum)
    }
  }
}
