// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Deletes a stream with all its checkpoints, or a group with its members.
  func delete(_ name: StreamName) throws(Failure) {
    try requireWritable()
    try inWriteTransaction { () throws(Failure) in
      try ownership.requireEpoch(tables)
      let row = try requireStream(name)
      try tables.requireNoMember(row.id, name)
      if row.isGroup { try deleteMembers(of: row, name) }
      try deleteStream(row.id)
      if try tables.hasRow(name) {
        throw explanation.failure(
          LEAT_E_CORRUPT, "leat_stream has its row a second time: \(name) in \(connection)")
      }
    }
  }

  /// Deletes a group's members, and returns the number of their checkpoints.
  @discardableResult
  func deleteMembers(of group: StreamRow, _ name: StreamName) throws(Failure) -> UInt64 {
    guard let manifest = try newestManifest(group, name) else { return 0 }
    var count: UInt64 = 0
    for index in 0..<manifest.count {
      let member = manifest[index]
      guard try tables.withStream(member.id, { $0.map { tables.tag(of: $0.name) } }) == member.tag
      else { continue }
      count &+= try tables.ages(ofStream: member.id).count
      try deleteStream(member.id)
    }
    return count
  }

  func requireStream(_ name: StreamName) throws(Failure) -> StreamRow {
    guard let row = try tables.find(name) else { throw notFound(name) }
    return row
  }

  func notFound(_ name: StreamName) -> Failure {
    explanation.failure(LEAT_E_NOT_FOUND, "no stream \(name) in \(connection)")
  }

  /// Deletes a stream's row, and its checkpoints in all slots, whether or not a query finds them.
  func deleteStream(_ stream: Int64) throws(Failure) {
    for slot in 0..<Int64(64) { try tables.deleteCheckpoint(stream, slot: slot) }
    let left = try tables.generations(ofStream: stream)
    try tables.deleteCheckpoints(stream, among: left, exceptFrom: .max, to: .max)
    try tables.deleteRow(ofStream: stream)
  }

  /// Deletes a stream's checkpoints except the newest, of which `options.generations` are kept.
  func deleteAllButNewest(of stream: Int64) throws(Failure) {
    let stored = try tables.generations(ofStream: stream)
    var rank: Int64 = 0
    var newestFirst = stored.newestFirst
    while let generation = newestFirst.next() {
      rank += 1
      guard rank == options.generations else { continue }
      return try tables.deleteCheckpoints(
        stream, among: stored, exceptFrom: generation, to: .max)
    }
  }
}
