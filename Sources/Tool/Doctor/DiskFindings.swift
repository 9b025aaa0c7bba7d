// SPDX-License-Identifier: MIT

/// Checks the disk under a folder: its cache, its free space, and the time that a sync takes.
enum DiskFindings {
  static func all(folder: String, mount: Mount?, storeBytes: UInt64) -> [Finding] {
    [
      space(folder, storeBytes), mount.flatMap(cache),
      sync(folder, isMemory: mount?.type == "tmpfs"),
    ]
    .compactMap { $0 }
  }

  private static func space(_ folder: String, _ storeBytes: UInt64) -> Finding? {
    guard let free = FileSystem.freeBytes(in: folder) else { return nil }
    let text = "\(Figures.bytes(free)) free"
    // A backup needs as much as the store, and its -wal needs some more.
    let wanted = max(64 << 20, 2 * storeBytes)
    return free < wanted
      ? Finding(.warning, "free space", "\(text), less than \(Figures.bytes(wanted))")
      : Finding(.ok, "free space", text)
  }

  /// nil where the system doesn't say: a file system on several disks, a container.
  private static func cache(_ mount: Mount) -> Finding? {
    // A partition has no queue of its own, only its disk.
    let places = ["", "/.."].map { "/sys/dev/block/\(mount.device)\($0)/queue/write_cache" }
    guard let bytes = places.lazy.compactMap({ try? InputFile.bytes($0) }).first else { return nil }
    let kind = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return Finding(
      .ok, "write cache",
      kind == "write back"
        ? "write back: every fsync() flushes it, if the disk obeys"
        : "\(kind): the system assumes that a power loss deletes nothing, and sends no flushes")
  }

  /// Measures the time to write a page and sync it, in a file whose name is already removed.
  private static func sync(_ folder: String, isMemory: Bool) -> Finding {
    let path = "\(folder)/.leat-doctor-\(SystemProcess.ownID)"
    let file: OpenFile
    do { file = try OpenFile(path, .create(permissions: 0o600)) } catch {
      return Finding(.warning, "sync", "not measured: \(error)")
    }
    guard FileSystem.remove(path) else {
      return Finding(.warning, "sync", "not measured: \(path): \(SystemError.text)")
    }
    let page = [UInt8](repeating: 0x5a, count: 4096)
    var times: [Int64] = []
    let start = Clock.nanoseconds
    while times.count < 64 && Clock.nanoseconds - start < 3_000_000_000 {
      let before = Clock.nanoseconds
      do {
        try file.write(page, at: UInt64(times.count * page.count))
        try file.syncData()
      } catch {
        return Finding(.problem, "sync", "fails: \(error)")
      }
      times.append(Clock.nanoseconds - before)
    }
    times.sort()
    let median = Double(times[times.count / 2]) / 1e6
    let slowest = Double(times[times.count - 1]) / 1e6
    let text =
      "\(Figures.decimal(median, places: 3)) ms, the slowest of \(times.count) "
      + "\(Figures.decimal(slowest, places: 3)) ms: no checkpoint is durable faster"
    // No disk writes so fast: something acknowledges writes that aren't durable.
    return median < 0.005 && !isMemory
      ? Finding(.warning, "sync", "\(text); too fast for a disk: does it sync at all?")
      : Finding(.ok, "sync", text)
  }
}
