// SPDX-License-Identifier: MIT

/// What `leat doctor` finds.
///
/// The library promises that an acknowledged checkpoint survives a crash and a power loss. It can
/// keep this promise only if SQLite, the file system and the disk do what they should. Each check is
/// a `Finding`. Nothing in a store is changed: the time of a sync is measured in a file of its own.
struct DoctorReport: Encodable {
  let isWell: Bool
  let findings: [Finding]

  /// - Parameter path: a store, or the folder that one will be in; nil to check the machine only
  init(of path: String?) throws {
    findings =
      MachineFindings.all + SQLiteFindings.all + (try path.map(DoctorReport.findings) ?? [])
    isWell = !findings.contains { $0.level == .problem }
  }

  private static func findings(of path: String) throws -> [Finding] {
    guard let real = FileSystem.realPath(path), let status = FileStatus(of: real) else {
      throw ToolError.system(.noInput, path)
    }
    let isFolder = status.kind == .folder
    let folder = isFolder ? real : FileIdentity.parts(of: real).folder
    let table = String(
      decoding: (try? OpenFile("/proc/self/mountinfo", .read).bytes()) ?? [], as: UTF8.self)
    let mount = Mount.holding(real, in: table)
    let findings =
      (mount.map(FileSystemFindings.all)
        ?? [Finding(.warning, "file system", "not known: the system doesn't say")])
      + DiskFindings.all(
        folder: folder, mount: mount, storeBytes: isFolder ? 0 : status.size)
    return isFolder
      ? findings : findings + StoreFindings.all(of: real, isMountPoint: mount?.point == real)
  }
}
