// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import Glibc

/// The store itself, and the files beside it.
enum StoreFindings {
  /// - Parameter path: without symbolic links, so that what stands beside it is found
  /// - Parameter isMountPoint: whether the file itself is mounted at this path
  static func all(of path: String, isMountPoint: Bool) -> [Finding] {
    files(of: path) + (isMountPoint ? [mounted] : []) + contents(of: path) + [writer(of: path)]
  }

  private static func status(of path: String) -> stat? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status : nil
  }

  private static func files(of path: String) -> [Finding] {
    var findings: [Finding] = []
    let beside = ["-wal", "-shm", "-lock"].compactMap { suffix in
      status(of: path + suffix).map { "\(suffix) \(Figures.bytes(UInt64($0.st_size)))" }
    }
    findings.append(
      Finding(
        .ok, "files", beside.isEmpty ? "nothing beside it" : beside.joined(separator: ", ")))
    guard let own = status(of: path) else { return findings }
    if own.st_nlink > 1 {
      findings.append(
        Finding(
          .problem, "links",
          "the file has \(own.st_nlink) names (hard links), and -wal and -lock go by the name: it "
            + "can't be opened for writing until the others are removed"))
    }
    return findings
  }

  private static let mounted = Finding(
    .problem, "mount",
    "the file is mounted by itself, and what is beside it, -wal and -lock, isn't: it can't be "
      + "opened for writing; mount the folder instead")

  private static func contents(of path: String) -> [Finding] {
    let store: Store
    let figures: leat_store_statistics_t
    do {
      store = try Store(path: path, for: .look)
      figures = try store.statistics()
    } catch {
      return [Finding(.problem, "store", Refusal(error)?.description ?? "\(error)")]
    }
    var findings = [
      Finding(
        .ok, "store",
        "\(Figures.grouped(figures.streams)) streams, \(Figures.grouped(figures.checkpoints)) "
          + "checkpoints, version \(figures.version), \(Figures.grouped(figures.commits)) commits "
          + "by \(Figures.grouped(figures.epoch)) writers")
    ]
    let isKnown = status(of: path + "-lock") != nil
    findings.append(
      !isKnown
        ? Finding(
          .warning, "behind",
          "not known: there is no -lock beside it, which tells of the last commit that was "
            + "acknowledged")
        : figures.is_behind != 0
          ? Finding(
            .problem, "behind",
            "the -lock beside it tells of commits that the store doesn't hold: its file was replaced "
              + "by an older one, or its -wal cut or deleted")
          : Finding(.ok, "behind", "no: it holds the last commit that was acknowledged"))
    findings += generations(of: store)
    if figures.wal_bytes > max(64 << 20, 2 * figures.file_bytes) {
      findings.append(
        Finding(
          .warning, "-wal",
          "\(Figures.bytes(figures.wal_bytes)): a reader that never ends keeps it from being "
            + "copied into the file"))
    }
    let age = Age(of: figures.newest_ms, at: Clock.milliseconds)
    if figures.checkpoints > 0 && age.seconds < -60 {
      findings.append(
        Finding(
          .warning, "clock",
          "the newest checkpoint was saved \(Figures.utc(milliseconds: figures.newest_ms)), "
            + "\(age.text): this clock, or the writer's, was or is wrong"))
    }
    return findings
  }

  /// How many checkpoints streams have to fall back on.
  private static func generations(of store: Store) -> [Finding] {
    var (least, most, single) = (UInt32.max, UInt32.min, 0)
    do {
      try store.list { entry in
        (least, most) = (min(least, entry.generations), max(most, entry.generations))
        // One that was saved once only can't have more.
        if entry.generations < 2 && entry.generation > 1 { single += 1 }
        return true
      }
    } catch {
      return [Finding(.problem, "streams", Refusal(error)?.description ?? "\(error)")]
    }
    guard least <= most else { return [] }
    let text =
      least == most ? "\(most) kept of each stream" : "\(least) to \(most) kept of a stream"
    return [
      single > 0
        ? Finding(
          .warning, "generations",
          "\(text): \(Figures.grouped(single)) streams have none to fall back on")
        : Finding(.ok, "generations", text)
    ]
  }

  private static func writer(of path: String) -> Finding {
    Finding(
      .ok, "writer", StoreLock(besides: path)?.text ?? "none: nobody has it open for writing")
  }
}
