// SPDX-License-Identifier: MIT

internal import CLeat

/// Why a call was refused or failed.
///
/// When a call on a model or a stream throws, nothing has changed: no stream, no output. Calls on a
/// ``Store`` or an ``Autosave`` say what a failure leaves.
public struct LeatError: Error, Equatable, Sendable {
  /// Which kind of error it is.
  public let code: Code
  /// SQLite's extended result code, 0 when SQLite had no part in it.
  public let sqliteCode: Int32
  /// One English line that says what was found and what was expected.
  public let message: String

  /// A code of leat.h, `LEAT_E_*`. Codes never change; new ones may be added.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// An argument is out of its range.
    public static let argument = Code(rawValue: LEAT_E_ARGUMENT)
    /// A buffer is of the wrong size.
    public static let size = Code(rawValue: LEAT_E_SIZE)
    /// A value is NaN, infinite or beyond the model's `inputLimit`.
    public static let input = Code(rawValue: LEAT_E_INPUT)
    /// A gap in the positions, a step back, or a position above `Int64.max`.
    public static let position = Code(rawValue: LEAT_E_POSITION)
    /// The bytes are no safetensors file.
    public static let format = Code(rawValue: LEAT_E_FORMAT)
    /// The file's tensors make up no model.
    public static let model = Code(rawValue: LEAT_E_MODEL)
    /// A model, a file or a connection of a kind that Leat doesn't run or write to.
    public static let unsupported = Code(rawValue: LEAT_E_UNSUPPORTED)
    /// It belongs to another model.
    public static let mismatch = Code(rawValue: LEAT_E_MISMATCH)
    /// Checked bytes are not what was written.
    public static let corrupt = Code(rawValue: LEAT_E_CORRUPT)
    /// A newer version of Leat wrote it.
    public static let newer = Code(rawValue: LEAT_E_NEWER)
    /// Out of memory.
    public static let memory = Code(rawValue: LEAT_E_MEMORY)
    /// The system could not read or write.
    public static let io = Code(rawValue: LEAT_E_IO)
    /// The store has no such stream.
    public static let notFound = Code(rawValue: LEAT_E_NOT_FOUND)
    /// A file, but not a store.
    public static let notStore = Code(rawValue: LEAT_E_NOT_STORE)
    /// Another process or connection has it.
    public static let busy = Code(rawValue: LEAT_E_BUSY)
    /// The store can't be written.
    public static let readOnly = Code(rawValue: LEAT_E_READ_ONLY)
    /// The disk is full, or all slots of an autosave are taken.
    public static let full = Code(rawValue: LEAT_E_FULL)
    /// Another process has taken the store over.
    public static let fenced = Code(rawValue: LEAT_E_FENCED)
    /// Any other error of SQLite's: see `sqliteCode`.
    public static let sqlite = Code(rawValue: LEAT_E_SQLITE)
    /// That name or path is taken.
    public static let exists = Code(rawValue: LEAT_E_EXISTS)
    /// The progress function ended the work.
    public static let stopped = Code(rawValue: LEAT_E_STOPPED)
    /// Too late: SQLite is in use.
    public static let tooLate = Code(rawValue: LEAT_E_TOO_LATE)
    /// The store's file was deleted or replaced.
    public static let gone = Code(rawValue: LEAT_E_GONE)
  }

  init(_ code: Code, _ message: String) {
    (self.code, self.message, sqliteCode) = (code, message, 0)
  }

  init(_ error: leat_error) {
    code = Code(rawValue: error.code)
    sqliteCode = error.sqlite_code
    message = unsafe withUnsafeBytes(of: error.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// Refuses an array that hasn't as many elements as it must have.
  @inline(never)
  static func wrongCount(_ what: StaticString, found: Int, expected: Int) -> LeatError {
    LeatError(.size, "\(what): found \(found) elements, expected \(expected)")
  }
}

extension LeatError: CustomStringConvertible {
  public var description: String { message }
}

extension LeatError.Code: CustomStringConvertible {
  /// A few words, such as "the disk is full".
  public var description: String { unsafe String(cString: leat_strerror(rawValue)) }
}

/// Refuses text with a NUL: C would read only what is before it.
func requireNoNUL(_ text: String, _ what: StaticString) throws(LeatError) {
  if text.utf8.contains(0) {
    throw LeatError(.argument, "\(what): found a NUL in it, expected none")
  }
}
