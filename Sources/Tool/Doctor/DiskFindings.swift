// SPDX-License-Identifier: MIT

import Glibc

/// The disk under a folder: its cache, its room, and the time it takes to sync.
enum DiskFindings {
  static func all(folder: String, mount: Mount?, storeBytes: UInt64) -> [Finding] {
    [
      space(folder, storeBytes), mount.flatMap(cache),
      sync(folder, isMemory: mount?.type == "tmpfs"),
    ]
    .compactMap { $0 }
  }

  private static func space(_ folder: String, _ storeBytes: UInt64) -> Finding? {
    var status = statvfs()
    guard unsafe statvfs(folder, &status) == 0 else { return nil }
    let (product, isBeyond) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    let free = isBeyond ? .max : product
    let text = "\(Figures.bytes(free)) free"
    // A backup needs as much as the store, and its -wal some more.
    let wanted = max(64 << 20, 2 * storeBytes)
    return free < wanted
      ? Finding(.warning, "free space", "\(text), less than \(Figures.bytes(wanted))")
      : Finding(.ok, "free space", text)
  }

  /// nil where the system doesn't say: a file system of several disks, a container.
  private static func cache(_ mount: Mount) -> Finding? {
    // A partition's queue is its disk's.
    let places = ["", "/.."].map { "/sys/dev/block/\(mount.device)\($0)/queue/write_cache" }
    guard let bytes = places.lazy.compactMap({ try? InputFile.bytes($0) }).first else { return nil }
    let kind = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return Finding(
      .ok, "write cache",
      kind == "write back"
        ? "write back: every fsync() flushes it; that the disk obeys has to be believed"
        : "\(kind): the system takes it that nothing is lost with power, and sends no flushes")
  }

  /// How long it takes to write a page and sync it, in a file that has no name any more.
  private static func sync(_ folder: String, isMemory: Bool) -> Finding {
    let path = "\(folder)/.leat-doctor-\(getpid())"
    let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      return Finding(.warning, "sync", "not measured: \(folder): \(Descriptor.lastError)")
    }
    defer { close(file) }
    guard unsafe unlink(path) == 0 else {
      return Finding(.warning, "sync", "not measured: \(path): \(Descriptor.lastError)")
    }
    let page = [UInt8](repeating: 0x5a, count: 4096)
    var times: [Int64] = []
    let start = Clock.nanoseconds
    while times.count < 64 && Clock.nanoseconds - start < 3_000_000_000 {
      let before = Clock.nanoseconds
      guard unsafe pwrite(file, page, page.count, off_t(times.count * page.count)) == page.count,
        fdatasync(file) == 0
      else {
        return Finding(.problem, "sync", "fails in \(folder): \(Descriptor.lastError)")
      }
      times.append(Clock.nanoseconds - before)
    }
    times.sort()
    let median = Double(times[times.count / 2]) / 1e6
    let slowest = Double(times[times.count - 1]) / 1e6
    let text =
      "\(Figures.decimal(median, places: 3)) ms, the slowest of \(times.count) "
      + "\(Figures.decimal(slowest, places: 3)) ms: a checkpoint can't become durable faster"
    // No disk writes in so short a time: something acknowledges what it hasn't kept.
    return median < 0.005 && !isMemory
      ? Finding(.warning, "sync", "\(text); too fast for a disk: is anything synced at all?")
      : Finding(.ok, "sync", text)
  }
}
