// SPDX-License-Identifier: MIT

import Glibc

/// A file descriptor, and the name that messages have for it. It is closed with this object, except
/// standard input, output and error.
final class OpenFile: Sendable {
  enum Mode {
    case read
    /// Doesn't wait until a FIFO has a writer.
    case readWithoutWaiting
    case readAndWrite(creates: Bool)
    /// Writes a file that must not exist yet.
    case create(permissions: UInt32 = 0o666)
    case folder
  }

  static let standardInput = OpenFile(STDIN_FILENO, "standard input")
  static let standardOutput = OpenFile(STDOUT_FILENO, "standard output")
  static let standardError = OpenFile(STDERR_FILENO, "standard error")

  let descriptor: Int32
  let name: String

  private init(_ descriptor: Int32, _ name: String) {
    (self.descriptor, self.name) = (descriptor, name)
  }

  /// - Parameter failure: the exit status when it can't be opened
  init(_ path: String, _ mode: Mode, failure: ExitStatus = .noInput) throws {
    let (flags, permissions): (Int32, UInt32) =
      switch mode {
      case .read: (O_RDONLY, 0)
      case .readWithoutWaiting: (O_RDONLY | O_NONBLOCK, 0)
      case .readAndWrite(let creates): (O_RDWR | (creates ? O_CREAT : 0), 0o666)
      case .create(let permissions): (O_RDWR | O_CREAT | O_EXCL, permissions)
      case .folder: (O_RDONLY | O_DIRECTORY, 0)
      }
    name = path
    while true {
      let file = unsafe open(path, flags | O_CLOEXEC, mode_t(permissions))
      if file >= 0 {
        descriptor = file
        return
      }
      // To open a FIFO is to wait for its writer.
      guard errno == EINTR else { throw ToolError.system(failure, path) }
      Interruption.endIfSignalled()
    }
  }

  deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

  // MARK: Reading

  /// - Returns: how many bytes were read; 0 at the end
  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = unsafe Glibc.read(descriptor, room.baseAddress, room.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw ToolError.system(.inputOutput, name) }
    }
  }

  /// The bytes from here to the end, or the first `most` of them.
  func bytes(atMost most: Int = .max) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < most {
      var part = [UInt8](repeating: 0, count: min(1 << 16, most - bytes.count))
      let count = try unsafe part.withUnsafeMutableBytes { try unsafe read(into: $0) }
      if count == 0 { break }
      bytes += part[..<count]
    }
    return bytes
  }

  /// `count` bytes from an offset on, or fewer where the file ends.
  func bytes(at offset: UInt64, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let part = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          descriptor, buffer.baseAddress! + done, count - done, off_t(offset) + off_t(done))
      }
      if part < 0 && errno == EINTR { continue }
      guard part >= 0 else { throw ToolError.system(.inputOutput, name) }
      if part == 0 { break }
      done += part
    }
    return Array(bytes.prefix(done))
  }

  /// Whether it can be read at any offset, and nothing of it has been read.
  var isAtStart: Bool { lseek(descriptor, 0, SEEK_CUR) == 0 }

  func seek(to offset: UInt64) throws {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
      throw ToolError.system(.inputOutput, name)
    }
  }
}
