// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// A file that appears under its name whole and durable, or not at all.
struct NewFile {
  let path: String
  /// Whether it may take the place of one that is there.
  let replaces: Bool

  /// - Parameter besides: files that it must not be: what it is made of, and what is made with it;
  ///   standard output is one of them anyway
  /// - Throws: when it is one of those, or there is one already and it isn't to be replaced
  init(path: String, replaces: Bool, besides: [String]) throws {
    (self.path, self.replaces) = (path, replaces)
    try NewFile.check(path, besides: besides + [FileIdentity.standardOutput])
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    guard unsafe access(folder, W_OK) == 0 else {
      throw ToolError(.cantCreate, "\(path): \(Descriptor.lastError)")
    }
    guard unsafe access(path, F_OK) == 0 else { return }
    guard replaces else { throw exists }
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw ToolError(.cantCreate, "\(path): is no regular file; expected one, or none")
    }
  }

  /// - Throws: when a file that is to be written is one of the others
  static func check(_ path: String, besides: [String]) throws {
    guard let other = besides.first(where: { FileIdentity.isSame(path, $0) }) else { return }
    throw ToolError(
      .usage, "\(path): is \(other), which this command uses itself; expected another file")
  }

  /// Writes beside the path, has the result looked at, and renames it.
  ///
  /// - Parameter check: gets the path of the whole file before it takes its place
  func write(_ bytes: some Collection<UInt8>, check: (String) throws -> Void = { _ in }) throws {
    let temporary = path + ".\(getpid()).new"
    defer { unsafe unlink(temporary) }
    let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw ToolError(.cantCreate, "\(temporary): \(Descriptor.lastError)") }
    try flush(Array(bytes), to: file, temporary)
    try check(temporary)
    if replaces {
      guard unsafe rename(temporary, path) == 0 else {
        throw ToolError(.cantCreate, "\(path): \(Descriptor.lastError)")
      }
    } else if unsafe link(temporary, path) != 0 {
      // Unlike rename, link can't replace what another process has put there meanwhile.
      throw errno == EEXIST ? exists : ToolError(.cantCreate, "\(path): \(Descriptor.lastError)")
    }
  }

  private var exists: ToolError {
    ToolError(.cantCreate, "\(path): exists already; --force replaces it")
  }

  /// Writes everything through to the disk, and closes.
  private func flush(_ bytes: [UInt8], to file: Int32, _ path: String) throws {
    defer { close(file) }
    try unsafe bytes.withUnsafeBytes { buffer in
      try unsafe Descriptor.write(buffer, to: file, named: path)
    }
    guard fsync(file) == 0 else {
      throw ToolError(.inputOutput, "\(path): \(Descriptor.lastError)")
    }
  }
}
