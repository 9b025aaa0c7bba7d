// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

extension StoreHandle {
  /// Checks a stream's row, which a statement stands on, and its checkpoints.
  func verifyStream(
    _ statement: borrowing Statement, _ id: Int64, _ verification: inout Verification
  ) throws(Failure) {
    guard let bytes = try statement.text(5), let name = StreamName(found: bytes) else {
      return verification.findings.add("leat_stream, id \(id): its name can't be one")
    }
    guard let row = try StreamRow(statement, name) else {
      return verification.findings.add("\(name): leat_stream gives it the impossible id \(id)")
    }
    do throws(Failure) {
      if try find(name)?.id != id {
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
    try verification.report(check.count)
  }

  /// Checks the checkpoints one by one. Where SQLite can't go on it's asked for each by itself.
  private func verifyCheckpoints(
    _ check: inout StreamCheck, _ verification: inout Verification
  ) throws(Failure) {
    var next = StreamRow.slot(check.row.id, 0)
    let last = next + 63
    do throws(Failure) {
      let rows = try statement(.checkpointIDs)
      try rows.bind(1, next)
      try rows.bind(2, last)
      var order = RowOrder()
      while try rows.step() {
        let id = try order.next(rows, connection)
        next = id &+ 1
        try verifyCheckpoint(id, &check, &verification)
      }
      return
    } catch let failure {
      guard failure.isDamage else { throw failure }
      verification.findings.add("\(check.name): \(failure.message)")
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
    let read = try statement(.readCheckpoint)
    try read.bind(1, id)
    do throws(Failure) {
      guard try read.step() else { return }
      let claimed = read.integer(0)
      // Whether that is its place is for the check to say.
      let checkpoint = try Checkpoint(read, of: check.name, generation: claimed ?? 0)
      check.add(checkpoint, claims: claimed, at: id, &verification.findings)
    } catch let failure {
      guard failure.isDamage || failure.code == LEAT_E_NEWER else { throw failure }
      // Of a stretch that can't be read one finding is enough.
      if !check.isUnreadable || failure.code == LEAT_E_NEWER {
        verification.findings.add("\(check.name), slot \(id & 63): \(failure.message)")
      }
      check.addUnreadable(slot: id & 63)
    }
  }
}

/// What is found out about one stream.
private struct StreamCheck {
  let name: StreamName
  let row: StreamRow
  /// Rows that were looked at.
  private(set) var count: UInt64 = 0
  /// SQLite could not read some of the rows, which has been told.
  var isUnreadable = false
  private var newestWhole: Int64 = 0
  private var hasNewest = false

  init(_ name: StreamName, _ row: StreamRow) {
    self.name = name
    self.row = row
  }

  /// `generation` is what the row says, with no checksum that vouches for it.
  mutating func add(
    _ checkpoint: Checkpoint, claims generation: Int64?, at id: Int64, _ findings: inout Findings
  ) {
    count &+= 1
    let said = generation ?? 0
    if said == row.newest?.generation { hasNewest = true }
    if StreamRow.slot(row.id, said) != id {
      return findings.add("\(name), generation \(said): it stands in slot \(id & 63)")
    }
    guard let whole = checkpoint.whole else {
      let fault: StaticString =
        checkpoint.row == nil
        ? "the checksum of its row fails"
        : checkpoint.info == nil
          ? "the checksum of its state fails" : "row and state don't belong together"
      return findings.add("\(name), generation \(said): \(fault)")
    }
    newestWhole = max(newestWhole, said)
    guard let newest = row.newest else { return }
    if whole.info.fingerprint != newest.model {
      findings.add(
        """
        \(name), generation \(said): it is of model \(whole.info.fingerprint), and the stream of \
        \(newest.model)
        """)
    }
    if said == newest.generation && whole.row.position != newest.position {
      findings.add(
        """
        \(name), generation \(said): it is at position \(whole.row.position), and leat_stream \
        says \(newest.position)
        """)
    } else if said < newest.generation && whole.row.position > newest.position {
      findings.add(
        """
        \(name), generation \(said): it is at position \(whole.row.position), beyond the newest \
        one's \(newest.position)
        """)
    }
  }

  /// Notes a row that is there and can't be read.
  mutating func addUnreadable(slot: Int64) {
    count &+= 1
    if let newest = row.newest, newest.generation & 63 == slot { hasNewest = true }
  }

  func conclude(_ findings: inout Findings) {
    if count == 0 && !isUnreadable { return findings.add("\(name): it has no checkpoint") }
    guard let newest = row.newest else { return }
    if newestWhole > newest.generation {
      findings.add(
        """
        \(name), generation \(newestWhole): it is newer than leat_stream's, \(newest.generation)
        """)
    } else if !hasNewest && !isUnreadable {
      findings.add(
        """
        \(name): its newest checkpoint is missing, generation \(newest.generation) at position \
        \(newest.position)
        """)
    }
  }
}

extension StreamName {
  /// A name in the database; nil when no caller could have given it.
  init?(found bytes: ByteView) {
    guard bytes.count >= 1, bytes.count <= Int(LEAT_NAME_MAX), bytes.isUTF8 else { return nil }
    for offset in 0..<bytes.count where bytes.byte(at: offset) == 0 { return nil }
    self.bytes = bytes
  }
}
