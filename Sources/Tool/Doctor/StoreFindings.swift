// SPDX-License-Identifier: MIT

import Leat

/// Checks the store itself, and the files beside it.
enum StoreFindings {
  /// - Parameters:
  ///   - path: without symbolic links, so that the files beside it are found
  ///   - isMountPoint: whether the file itself is mounted at this path
  static func all(of path: String, isMountPoint: Bool) -> [Finding] {
    [files(of: path), links(of: path), isMountPoint ? mounted : nil].compactMap { $0 }
      + contents(of: path) + [writer(of: path)]
  }

  private static func files(of path: String) -> Finding {
    let beside = ["-wal", "-shm", "-lock"].compactMap { suffix in
      FileStatus(of: path + suffix).map { "\(suffix) \(Figures.bytes($0.size))" }
    }
    return Finding(
      .ok, "files", beside.isEmpty ? "nothing beside it" : beside.joined(separator: ", "))
  }

  private static func links(of path: String) -> Finding? {
    guard let links = FileStatus(of: path)?.links, links > 1 else { return nil }
    return Finding(
      .problem, "links",
      "the file has \(links) names (hard links), and -wal and -lock belong to one name: it can't be "
        + "opened for writing until the others are removed")
  }

  private static let mounted = Finding(
    .problem, "mount",
    "only the file is mounted, without the -wal and -lock beside it: it can't be opened for "
      + "writing; mount the folder instead")

  private static func contents(of path: String) -> [Finding] {
    do {
      let store = try Store.opened(path, for: .readOnly)
      let figures = try store.statistics()
      let totals = Finding(
        .ok, "store",
        "\(Figures.grouped(figures.streams)) streams, \(Figures.grouped(figures.checkpoints)) "
          + "checkpoints, version \(figures.version), \(Figures.grouped(figures.commits)) commits "
          + "by \(Figures.grouped(figures.epoch)) writers")
      return [
        totals, behind(figures, path), generations(of: store), wal(figures), clock(figures),
      ].compactMap { $0 }
    } catch {
      return [Finding(.problem, "store", "\(error)")]
    }
  }

  private static func behind(_ figures: Store.Statistics, _ path: String) -> Finding {
    if FileStatus(of: path + "-lock") == nil {
      return Finding(
        .warning, "behind",
        "not known: there is no -lock beside it, which has the number of the last acknowledged "
          + "commit")
    }
    return figures.isBehind
      ? Finding(
        .problem, "behind",
        "the -lock beside it has a higher commit number than the store: its file was replaced by "
          + "an older one, or its -wal was cut or deleted")
      : Finding(.ok, "behind", "no: it has the last commit that was acknowledged")
  }

  private static func wal(_ figures: Store.Statistics) -> Finding? {
    guard figures.walBytes > max(64 << 20, 2 * figures.fileBytes) else { return nil }
    return Finding(
      .warning, "-wal",
      "\(Figures.bytes(figures.walBytes)): it can't be copied into the file while a reader never "
        + "ends")
  }

  private static func clock(_ figures: Store.Statistics) -> Finding? {
    let age = Age(of: figures.newest, at: Clock.milliseconds)
    guard figures.checkpoints > 0 && age.seconds < -60 else { return nil }
    return Finding(
      .warning, "clock",
      "the newest checkpoint was saved \(Figures.utc(milliseconds: figures.newest)), "
        + "\(age.text): this machine's clock or the writer's was or is wrong")
  }

  /// How many checkpoints are kept of each stream.
  private static func generations(of store: Store) -> Finding? {
    var (least, most, single) = (Int.max, Int.min, 0)
    do {
      try store.forEachStream { entry in
        (least, most) = (min(least, entry.generations), max(most, entry.generations))
        // A stream that was saved only once can't have more.
        if entry.generations < 2 && entry.generation > 1 { single += 1 }
        return true
      }
    } catch {
      return Finding(.problem, "streams", "\(error)")
    }
    guard least <= most else { return nil }
    let text =
      least == most ? "\(most) kept of each stream" : "\(least) to \(most) kept of a stream"
    return single == 0
      ? Finding(.ok, "generations", text)
      : Finding(
        .warning, "generations",
        "\(text): \(Figures.grouped(single)) streams have no older one to fall back on")
  }

  private static func writer(of path: String) -> Finding {
    Finding(
      .ok, "writer", Store.printableWriter(of: path) ?? "none: no process has it open for writing")
  }
}
