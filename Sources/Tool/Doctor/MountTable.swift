// SPDX-License-Identifier: MIT

/// A line of /proc/self/mountinfo: see proc_pid_mountinfo(5).
struct Mount {
  let point: String
  /// "ext4"
  let type: String
  /// Of the mount and of the file system.
  let options: [String]
  /// "259:2"
  let device: String

  init?(line: Substring) {
    // ID, parent, device, root, mount point, options, then optional fields up to a "-".
    let fields = line.split(separator: " ").map { String($0) }
    guard fields.count >= 10, let dash = fields[6...].firstIndex(of: "-"), dash + 3 < fields.count
    else { return nil }
    device = fields[2]
    point = Mount.unescaped(fields[4])
    type = fields[dash + 1]
    options = [fields[5], fields[dash + 3]].flatMap { list in
      list.split(separator: ",").map { String($0) }
    }
  }

  /// The mount that a path without links is on: the longest mount point that contains it. Of several
  /// mounts on one point, the last hides the others.
  static func holding(_ path: String, in table: String) -> Mount? {
    var best: Mount?
    for line in table.split(separator: "\n") {
      guard let mount = Mount(line: line) else { continue }
      let contains =
        mount.point == "/" || path == mount.point || path.hasPrefix(mount.point + "/")
      if contains && mount.point.utf8.count >= best?.point.utf8.count ?? 0 { best = mount }
    }
    return best
  }

  /// Spaces and other special characters are written as \040 and so on.
  private static func unescaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.count >= 3,
        let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
