// SPDX-License-Identifier: MIT

/// A file that appears under its name whole and durable, or not at all. It is written under another
/// name beside its own, synced, and renamed.
struct NewFile {
  let path: String
  /// Whether it may replace a file.
  let replaces: Bool

  /// - Parameter besides: the other files of the command: what it reads, and what else it writes.
  ///   Standard output is always one of them
  /// - Throws: when it is one of those, or exists and may not be replaced
  init(path: String, replaces: Bool, besides: [String]) throws {
    (self.path, self.replaces) = (path, replaces)
    try NewFile.check(path, besides: besides + [FileIdentity.standardOutput])
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    guard FileSystem.isWritable(folder) else { throw ToolError.system(.cantCreate, path) }
    guard FileSystem.exists(path) else { return }
    guard replaces else { throw exists }
    if let kind = FileStatus(of: path)?.kind, kind != .regular {
      throw ToolError(
        .cantCreate, "\(path): found \(kind.rawValue), expected a regular file or none")
    }
  }

  /// - Throws: when a file that will be written is one of the others
  static func check(_ path: String, besides: [String]) throws {
    guard let other = besides.first(where: { FileIdentity.isSame(path, $0) }) else { return }
    throw ToolError(
      .usage, "\(path): is \(other), which this command uses itself; expected another file")
  }

  /// - Parameter check: gets the path of the whole file before it is renamed
  func write(_ bytes: some Collection<UInt8>, check: (String) throws -> Void = { _ in }) throws {
    let temporary = path + ".\(SystemProcess.ownID).new"
    defer { FileSystem.remove(temporary) }
    do {
      let file = try OpenFile(temporary, .create(), failure: .cantCreate)
      try unsafe Array(bytes).withUnsafeBytes { try unsafe file.write($0) }
      try file.sync()
    }
    try check(temporary)
    if replaces {
      guard FileSystem.rename(temporary, to: path) else {
        throw ToolError.system(.cantCreate, path)
      }
      return
    }
    // Unlike a rename, a link never replaces a file that another process has made meanwhile.
    switch FileSystem.link(temporary, as: path) {
    case .done: break
    case .exists: throw exists
    case .failure: throw ToolError.system(.cantCreate, path)
    }
  }

  private var exists: ToolError {
    ToolError(.cantCreate, "\(path): exists already; --force replaces it")
  }
}
