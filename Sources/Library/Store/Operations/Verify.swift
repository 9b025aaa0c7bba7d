// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

extension StoreHandle {
  /// Checks everything there is to check, and throws when anything was found.
  func verify(_ findings: consuming Findings, _ progress: Progress) throws(Failure) {
    try requireFresh()
    var verification = Verification(findings: findings, progress: progress)
    try inReadTransaction { () throws(Failure) in
      let hasTables = try verifyTables(&verification.findings)
      if hasTables { try countToVerify(&verification) }
      try verification.report(0)
      try verifyPages(&verification.findings)
      if hasTables {
        try verifyStreams(&verification)
        try verification.reportEnd()
      }
    }
    // A file that is read as one that never changes may have done so all the same.
    try requireFresh()
    if verification.findings.count > 0 {
      hasSeenDamage = true
      hasSuspectStatements = true
    }
    try verification.findings.conclude(connection)
  }

  /// Says whether the tables are such that their rows can be looked at.
  private func verifyTables(_ findings: inout Findings) throws(Failure) -> Bool {
    do throws(Failure) {
      guard let version = try Schema.version(in: connection, isOwn: ownsConnection) else {
        findings.add("the tables are missing")
        return false
      }
      // Version 1 doesn't count.
      if version > 1 { try verifyCount(&findings) }
      let epoch = try statement(.epoch)
      if try !epoch.step() || epoch.integer(0) ?? -1 < 0 {
        findings.add("leat_meta holds no epoch")
      }
    } catch let failure {
      try findings.add(failure)
      return false
    }
    return true
  }

  private func verifyCount(_ findings: inout Findings) throws(Failure) {
    do throws(Failure) {
      if try storedCount() == nil {
        findings.add("the count of commits, row 0 of leat_stream, is missing or damaged")
      } else if isBehind {
        findings.add("the store holds fewer commits than the \"-lock\" beside it tells of")
      }
    } catch let failure {
      try findings.add(failure)
    }
  }

  private func verifyPages(_ findings: inout Findings) throws(Failure) {
    do throws(Failure) {
      let check = try Statement(connection, "PRAGMA main.integrity_check", kept: false)
      while try check.step() {
        guard let text = try check.text(0), text.count > 0 else { continue }
        if text == "ok" { return }
        findings.add(linesOf: text)
        // What it says of the pages comes first, under a heading of stars. Then it goes over the
        // rows, and where pages point at each other that would have no end.
        if text.byte(at: 0) == UInt8(ascii: "*") { return }
      }
    } catch let failure {
      try findings.add(failure)
    }
  }

  private func countToVerify(_ verification: inout Verification) throws(Failure) {
    guard verification.progress.isWanted else { return }
    do throws(Failure) {
      verification.total = try count("SELECT id FROM main.leat_checkpoint ORDER BY id")
    } catch let failure {
      // The rows are looked at later; the count is only what progress goes by.
      guard failure.isDamage else { throw failure }
    }
  }
}

/// What a verification carries along.
struct Verification {
  var findings: Findings
  let progress: Progress
  /// Checkpoints there are, as far as they could be counted.
  var total: UInt64 = 0
  private var done: UInt64 = 0

  init(findings: consuming Findings, progress: Progress) {
    self.findings = findings
    self.progress = progress
  }

  mutating func report(_ more: UInt64) throws(Failure) {
    done &+= more
    try progress.report(done, of: max(done, total))
  }

  mutating func reportEnd() throws(Failure) { try report(total > done ? total - done : 0) }
}
