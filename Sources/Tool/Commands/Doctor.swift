// SPDX-License-Identifier: MIT

import ArgumentParser
import Glibc

/// `leat doctor [STORE]`
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look whether this machine keeps what the library promises.",
    discussion: """
      Versions, the kernel, SQLite and its known bugs; and, given a store, or a folder for one: \
      what the file system and the disk under it promise, how long a sync takes there, who writes \
      to it, and whether it is behind. No byte of the store is changed; the sync is measured in a file without \
      a name. With a problem the exit status is 65, with warnings alone 0. leat store verify \
      checks every checkpoint.

      Examples:
        leat doctor
        leat doctor /var/lib/pumps/state.db
      """)

  @Argument(help: "A store, or the folder that it will be in.", completion: .file())
  var store: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    var findings = MachineFindings.all + SQLiteFindings.all
    if let store { findings += try self.findings(of: store) }
    if json {
      try Output.print(
        json: Report(isWell: !findings.contains { $0.level == .problem }, findings: findings))
    } else {
      for finding in findings { try Output.print(finding.line) }
    }
    if findings.contains(where: { $0.level == .problem }) {
      throw ExitCode(ExitStatus.data.rawValue)
    }
  }

  private struct Report: Encodable {
    let isWell: Bool
    let findings: [Finding]
  }

  private func findings(of path: String) throws -> [Finding] {
    // Where it lies, whatever links lead there.
    guard let real = unsafe realpath(path, nil) else {
      throw ToolError(.noInput, "\(path): \(Descriptor.lastError)")
    }
    defer { unsafe free(real) }
    let place = unsafe String(cString: real)
    var status = stat()
    guard unsafe stat(place, &status) == 0 else {
      throw ToolError(.noInput, "\(path): \(Descriptor.lastError)")
    }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    let slash = place.lastIndex(of: "/") ?? place.startIndex
    let folder = isFolder ? place : slash == place.startIndex ? "/" : String(place[..<slash])
    let table = String(
      decoding: (try? InputFile.bytes("/proc/self/mountinfo")) ?? [], as: UTF8.self)
    let mount = Mount.holding(place, in: table)
    var findings =
      mount.map(FileSystemFindings.all)
      ?? [Finding(.warning, "file system", "the system doesn't tell which it is")]
    findings += DiskFindings.all(
      folder: folder, mount: mount, storeBytes: isFolder ? 0 : UInt64(status.st_size))
    return isFolder
      ? findings
      : findings + StoreFindings.all(of: place, isMountPoint: mount?.point == place)
  }
}
