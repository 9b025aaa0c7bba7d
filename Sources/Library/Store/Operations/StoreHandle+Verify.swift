// SPDX-License-Identifier: MIT
//
// A verification checks the tables, SQLite's pages, and every row with its checksums. Damage
// doesn't end it: each finding is reported, and what can't be read is passed over. It runs in one
// read transaction, so a writer may go on.

import CLeat
import LeatSupport

extension StoreHandle {
  /// Checks everything that can be checked, and throws when anything was found.
  func verify(_ findings: consuming Findings, _ progress: Progress) throws(Failure) {
    try requireUnchangedFile()
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
    // A file that is read as one that never changes may still have changed.
    try requireUnchangedFile()
    if verification.findings.count > 0 {
      tables.kept.hasSeenDamage = true
      tables.kept.mustRecompile = true
    }
    try verification.findings.conclude()
  }

  /// Returns whether the tables are such that their rows can be read.
  private func verifyTables(_ findings: inout Findings) throws(Failure) -> Bool {
    do throws(Failure) {
      guard let version = try Schema.version(in: connection) else {
        findings.add("the tables are missing")
        return false
      }
      // Version 1 doesn't count its commits.
      if version > 1 { try verifyCommitCount(&findings) }
      if try tables.epoch() == nil { findings.add("leat_meta holds no epoch") }
    } catch let failure {
      try findings.add(failure)
      return false
    }
    return true
  }

  private func verifyCommitCount(_ findings: inout Findings) throws(Failure) {
    do throws(Failure) {
      if try tables.commitCount() == nil {
        findings.add("the count of commits, row 0 of leat_stream, is missing or damaged")
      } else if ownership.isBehind {
        findings.add("the store holds fewer commits than the \"-lock\" beside it records")
      }
    } catch let failure {
      try findings.add(failure)
    }
  }

  private func verifyPages(_ findings: inout Findings) throws(Failure) {
    do throws(Failure) {
      let check = try connection.integrityCheck()
      while try check.step() {
        guard let text = try check.text(0), text.count > 0 else { continue }
        if text == "ok" { return }
        findings.add(linesOf: text)
        // Findings about pages come first, under a heading of stars. After them SQLite would check
        // the rows, without end if pages point at each other.
        if text.byte(at: 0) == UInt8(ascii: "*") { return }
      }
    } catch let failure {
      try findings.add(failure)
    }
  }

  private func countToVerify(_ verification: inout Verification) throws(Failure) {
    guard verification.progress.isWanted else { return }
    do throws(Failure) {
      verification.total = try tables.countCheckpoints()
    } catch let failure {
      // The rows are checked later; only the progress needs the count.
      guard failure.isDamage else { throw failure }
    }
  }
}

/// The state of a verification.
struct Verification {
  var findings: Findings
  let progress: Progress
  /// The number of checkpoints, if they could be counted.
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
