// SPDX-License-Identifier: MIT

import LeatSamples

/// Finds the file that a log was before it was rotated, among PATH.1, PATH.2 and so on.
///
/// A rotation renames the file, which keeps its inode: the file with the inode and the bytes that were
/// read is the right one. Or it copies the file and cuts it: the copy has another inode, so it must
/// begin with the bytes that were read, have a sample among them, be newer than the last read, and be
/// the only such file.
struct RotatedFiles {
  let path: String
  /// The mark of the bytes that were read.
  let mark: FilePrefix
  /// The inode of the file that they were read from; 0 when it isn't known.
  let inode: UInt64
  /// When the file was still at its path: a copy of it was made later. Unix time in milliseconds.
  let since: Int64
  /// Whether a sample is among the bytes that were read: two files may have the same header.
  let hasSamples: Bool
  /// The highest number that is looked for.
  var highest = Self.defaultHighest

  private static let defaultHighest = 99

  /// That file and all newer ones, oldest first; the last is at the path now. They are kept open.
  ///
  /// - Returns: nil when no file is certainly that one, or when a newer one is missing
  func find() throws -> [InputSource]? {
    var copies: [Int] = []
    var isFound = false
    let files = try Self.newestFirst(path, highest: highest) { index, file in
      guard index > 0, try file.holds(mark) else { return true }
      isFound = file.identity.inode == inode
      if hasSamples && isNew(file) { copies.append(index) }
      return !isFound
    }
    if isFound { return files.reversed() }
    // Of several copies, none is certain.
    guard copies.count == 1 else { return nil }
    return files.prefix(copies[0] + 1).reversed()
  }

  /// Whether PATH.1 may be a copy of the file from before it was cut, with bytes that weren't read.
  /// Where no sample was read this isn't certain.
  func mayHoldMore() throws -> Bool {
    guard let file = Self.open("\(path).1"), let size = file.size else { return false }
    return try size > mark.offset && isNew(file) && file.holds(mark)
  }

  /// Whether a file was made, or changed, since the one at the path was read.
  private func isNew(_ file: InputSource) -> Bool { file.changed.map { $0 >= since } ?? false }

  /// The files that replaced a file, oldest first; nil when it has no numbered name.
  static func after(_ identity: FileIdentity, at path: String) -> [InputSource]? {
    var isFound = false
    let files = newestFirst(path, highest: defaultHighest) { _, file in
      isFound = file.identity == identity
      return !isFound
    }
    return isFound ? files.dropLast().reversed() : nil
  }

  /// Opens PATH, PATH.1 and so on, up to the first name without a file.
  ///
  /// A rotation renames each file to the next number. In this order none is missed while that
  /// happens, but one may be met twice.
  ///
  /// - Parameter isMore: gets each file and its place in the result, and says whether to continue
  private static func newestFirst(
    _ path: String, highest: Int, _ isMore: (Int, InputSource) throws -> Bool
  ) rethrows -> [InputSource] {
    var files: [InputSource] = []
    for name in [path] + (1...highest).map({ "\(path).\($0)" }) {
      guard let file = open(name) else { break }
      if file.identity == files.last?.identity { continue }
      files.append(file)
      if try !isMore(files.count - 1, file) { break }
    }
    return files
  }

  /// nil when there is no file that can be read.
  private static func open(_ path: String) -> InputSource? {
    guard FileStatus(of: path)?.kind == .regular else { return nil }
    return try? InputSource(path: path)
  }
}
