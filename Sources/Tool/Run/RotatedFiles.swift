// SPDX-License-Identifier: MIT

import LeatSamples

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// Finds the file that a log was before it was rotated, among PATH.1, PATH.2 and so on.
struct RotatedFiles {
  let path: String
  /// What is known of the bytes that were read.
  let mark: RunCursor.Mark
  /// The inode of the file that they were read from; 0 when it isn't known.
  let number: UInt64
  /// When the file was still at its path: a copy of it was made later. Unix time in milliseconds.
  let since: Int64
  /// Whether a sample is among the bytes that were read: two files may have the same header.
  let hasSamples: Bool
  /// The highest number that is looked for.
  var most = 99

  /// The files from that one on, the one that has its place now the last. They are held open.
  ///
  /// - Returns: nil when it can't be told which one it is, or when one after it is missing
  func find() throws -> [InputSource]? {
    var copies: [Int] = []
    var isFound = false
    let files = try Self.newestFirst(path, most: most) { index, file in
      guard index > 0, try file.holds(mark) else { return true }
      isFound = file.identity.number == number
      if isCopy(file) { copies.append(index) }
      return !isFound
    }
    if isFound { return files.reversed() }
    // Of several that are alike nobody knows which one it is.
    guard copies.count == 1 else { return nil }
    return files.prefix(copies[0] + 1).reversed()
  }

  /// Whether PATH.1 may be a copy that was made of the file before that was cut, and holds what
  /// wasn't read yet. It isn't known to be one where no sample was read.
  func mayHoldMore() throws -> Bool {
    guard let file = Self.open("\(path).1"), let size = file.size, let changed = file.changed
    else { return false }
    return try size > mark.offset && changed.status >= since && file.holds(mark)
  }

  /// The files that took a file's place, oldest first; nil when it isn't among those of a number.
  static func after(_ identity: FileIdentity, at path: String) -> [InputSource]? {
    var isFound = false
    let files = newestFirst(path, most: 99) { _, file in
      isFound = file.identity == identity
      return !isFound
    }
    return isFound ? files.dropLast().reversed() : nil
  }

  /// Opens PATH, PATH.1 and so on, up to one that there isn't.
  ///
  /// Each is renamed to the number above its own, so that who looks at them in this order meets none
  /// too few; one that is met twice was renamed meanwhile.
  ///
  /// - Parameter isMore: gets each with its place in the result, and says whether to go on
  private static func newestFirst(
    _ path: String, most: Int, _ isMore: (Int, InputSource) throws -> Bool
  ) rethrows -> [InputSource] {
    var files: [InputSource] = []
    for name in [path] + (1...most).map({ "\(path).\($0)" }) {
      guard let file = open(name) else { break }
      if file.identity == files.last?.identity { continue }
      files.append(file)
      if try !isMore(files.count - 1, file) { break }
    }
    return files
  }

  /// Whether it's what was copied of the file before that was cut.
  private func isCopy(_ file: InputSource) -> Bool {
    guard hasSamples, let changed = file.changed else { return false }
    return changed.status >= since
  }

  /// nil when there is none that can be read.
  private static func open(_ path: String) -> InputSource? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return try? InputSource(path: path)
  }
}
