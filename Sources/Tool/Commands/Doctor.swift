// SPDX-License-Identifier: MIT

import ArgumentParser

/// `leat doctor [STORE]`
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check whether this machine can keep the library's promises.",
    discussion: """
      It reports versions, the kernel, and SQLite with its known bugs. For a store, or a folder \
      for one, it also reports what the file system and the disk promise, how long a sync takes, \
      which process writes to the store, and whether the store is behind: older than what it \
      acknowledged. No byte of the store is changed; the sync is measured in a file without a \
      name. With a problem the exit status is 65, with warnings alone 0. leat store verify checks \
      every checkpoint.

      Examples:
        leat doctor
        leat doctor /var/lib/pumps/state.db
      """)

  @Argument(help: "A store, or the folder that it will be in.", completion: .file())
  var store: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let report = try DoctorReport(of: store)
    if json {
      try Output.print(json: report)
    } else {
      for finding in report.findings { try Output.print(finding.line) }
    }
    if !report.isWell { throw ExitCode(ExitStatus.data.rawValue) }
  }
}
