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
    if let newest = row.newest, newest.model != .group { throw noGroup(name) }
    return row
  }

  func isGroup(_ name: StreamName, _ instead: StaticString) -> Failure {
    explanation.failure(
      LEAT_E_UNSUPPORTED, "\(name) is a group, expected a stream; \(instead): \(connection)")
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
      guard let manifest = try manifest(row, name, generation, capacity: capacity) else {
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
  func newestManifest(
    _ row: StreamRow, _ name: StreamName, capacity: Int
  ) throws(Failure) -> GroupManifest? {
    if let newest = row.newest,
      let manifest = try manifest(row, name, newest.generation, capacity: capacity)
    {
      return manifest
    }
    var newestFirst = try tables.generations(of: row).newestFirst
    while let generation = newestFirst.next() {
      if let manifest = try manifest(row, name, generation, capacity: capacity) { return manifest }
    }
    return nil
  }

  /// Copies a manifest into the store's buffer. nil when it isn't whole.
  private func manifest(
    _ row: StreamRow, _ name: StreamName, _ generation: Int64, capacity: Int
  ) throws(Failure) -> GroupManifest? {
    try tables.withCheckpoint(row.id, name, generation: generation) {
      checkpoint throws(Failure) in
      guard let checkpoint, checkpoint.whole != nil,
        let manifest = GroupManifest(checkpoint.state)
      else { return nil }
      return try groupBuffer(max(capacity, manifest.count)).keep(manifest)
    }
  }
}
