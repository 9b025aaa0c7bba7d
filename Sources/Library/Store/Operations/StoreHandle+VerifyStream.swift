// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Checks a stream's row, which `statement` is on, and its checkpoints.
  func verifyStream(
    _ statement: borrowing Statement, _ id: Int64, _ verification: inout Verification
  ) throws(Failure) {
    guard let name = try StreamRow.name(statement) else {
      return verification.findings.add("leat_stream, id \(id): its name can't be one")
    }
    guard let row = try StreamRow(statement, name) else {
      return verification.findings.add("\(name): leat_stream gives it the impossible id \(id)")
    }
    do throws(Failure) {
      if try tables.find(name)?.id != id {
        verification.findings.add("\(name): it isn't found by its name")
      }
    } catch let failure {
      try verification.findings.add(failure)
    }
    if row.newest == nil {
      verification.findings.add("\(name): the checksum of its row in leat_stream fails")
    }
    var check = StreamCheck(name, row)
    try verifyCheckpoints(&check, &verification)
    check.conclude(&verification.findings)
    if row.isGroup { try verifyMembers(of: row, name, &verification.findings) }
    try verification.report(check.count)
  }

  /// Checks that the group's newest checkpoint finds those of its members.
  private func verifyMembers(
    of group: StreamRow, _ name: StreamName, _ findings: inout Findings
  ) throws(Failure) {
    guard let newest = group.newest,
      let manifest = try manifest(group, name, newest.generation, capacity: 0)?.manifest
    else { return }
    for index in 0..<manifest.count {
      let member = manifest[index]
      let isWhole = try tables.isWhole(member)
      let isAhead = try tables.samplesAhead(member) != nil
      if isWhole && !isAhead { continue }
      let fault: StaticString = isWhole ? "not the newest" : "missing or damaged"
      try tables.withStream(member.id) {
        if let stream = $0?.name {
          findings.add(
            """
            \(name), generation \(newest.generation): generation \(member.generation) of its member \
            \(stream) is \(fault)
            """)
        } else {
          findings.add(
            "\(name), generation \(newest.generation): its member \(index + 1) is missing")
        }
      }
    }
  }

  /// Checks the checkpoints one by one. Where SQLite fails to go on, each slot is searched by
  /// itself.
  private func verifyCheckpoints(
    _ check: inout StreamCheck, _ verification: inout Verification
  ) throws(Failure) {
    var next = StreamRow.checkpointID(check.row.id, 0)
    let last = next + 63
    do throws(Failure) {
      let rows = try tables.statement(.checkpointIDs, next, last)
      var order = RowOrder()
      while try rows.step() {
        let id = try order.next(rows, connection)
        next = id &+ 1
        try verifyCheckpoint(id, &check, &verification)
      }
      return
    } catch let failure {
      guard failure.isDamage else { throw failure }
      verification.findings.add("\(check.name): \(explanation.message)")
      check.isUnreadable = true
    }
    while next <= last, next > 0 {
      try verifyCheckpoint(next, &check, &verification)
      next &+= 1
    }
  }

  private func verifyCheckpoint(
    _ id: Int64, _ check: inout StreamCheck, _ verification: inout Verification
  ) throws(Failure) {
    let read = try tables.statement(.readCheckpoint, id)
    do throws(Failure) {
      guard try read.step() else { return }
      let claimed = read.integer(0)
      // `check` finds out whether the generation belongs here.
      let checkpoint = try Checkpoint(read, of: check.name, generation: claimed ?? 0)
      check.add(checkpoint, claims: claimed, at: id, &verification.findings)
    } catch let failure {
      guard failure.isDamage || failure.code == LEAT_E_NEWER else { throw failure }
      // One finding is enough for a range that can't be read.
      if !check.isUnreadable || failure.code == LEAT_E_NEWER {
        verification.findings.add("\(check.name), slot \(id & 63): \(explanation.message)")
      }
      check.addUnreadable(slot: id & 63)
    }
  }
}
