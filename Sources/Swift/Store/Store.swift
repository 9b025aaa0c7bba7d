// SPDX-License-Identifier: MIT

internal import CLeatStore

/// An SQLite database that keeps streams safe, so that each resumes exactly where it was.
///
/// It holds for each named stream its last few checkpoints. A checkpoint is a state and the
/// program's cursor, a few bytes such as a file offset that belong to the same position; it is
/// written whole or not at all. When ``save(_:as:cursor:_:)`` returns outside a transaction, the
/// checkpoint survives the death of the process, a crash of the system and a loss of power.
///
/// One thread uses a store at a time, and one process writes to it. In C it is `leat_store`,
/// whose header, leat_store.h, has the rules for files, fork() and networks.
@safe public final class Store {
  /// What a store is opened for.
  public enum Access: Hashable, Sendable {
    /// For reading only, even while another process writes. Changes no byte of the file.
    case readOnly
    /// To write to a file that is there.
    case existing
    /// To write, to a new file if there is none.
    case create
  }

  /// Bytes of the longest name of a stream.
  public static let maximumNameLength = Int(LEAT_NAME_MAX)
  /// Bytes of the largest cursor.
  public static let maximumCursorSize = Int(LEAT_CURSOR_MAX)

  private let openHandle: OpaquePointer
  private var isClosed = false

  /// Opens the store at `path`, or makes one.
  ///
  /// - Parameters:
  ///   - path: of a file on a local disk
  ///   - access: what it is opened for
  ///   - generations: checkpoints kept of each stream, 1 to 64; nil for 3
  ///   - takesOver: opens it even though another process writes to it; that one is fenced, and can
  ///     never write again
  ///   - busyTimeout: how long to wait for a lock that another connection holds briefly, in
  ///     milliseconds; 0 for not at all
  /// - Throws: `.busy` when another process has it open; `.notStore`, `.exists`, `.newer`,
  ///   `.unsupported`, `.corrupt`, `.readOnly`, `.gone`, `.full`, `.io`, `.sqlite`, `.argument`
  public init(
    path: String, for access: Access = .create, generations: Int? = nil, takesOver: Bool = false,
    busyTimeout: Int = 5000
  ) throws(LeatError) {
    try requireNoNUL(path, "path")
    var options = leat_store_options()
    options.generations = try Store.generations(generations)
    options.busy_timeout_ms =
      busyTimeout <= 0 ? .max : min(UInt32(clamping: busyTimeout), .max - 1)
    options.flags =
      switch access {
      case .readOnly: LEAT_STORE_READ_ONLY
      case .existing: LEAT_STORE_NO_CREATE
      case .create: 0
      }
    if takesOver { options.flags |= LEAT_STORE_TAKE_OVER }
    var store: OpaquePointer?
    try unsafe check { error in unsafe leat_store_open(path, &options, &store, error) }
    // Safe: leat_store_open has returned LEAT_OK.
    unsafe openHandle = store!
  }

  /// Keeps checkpoints in a database of the program's, so that they commit together with its own
  /// rows.
  ///
  /// - Parameters:
  ///   - database: a `sqlite3 *` of the SQLite that Leat is linked with, which must outlive the
  ///     store; set `journal_mode=WAL` and `synchronous=FULL` before
  ///   - generations: checkpoints kept of each stream, 1 to 64; nil for 3
  ///   - takesOver: as of ``init(path:for:generations:takesOver:busyTimeout:)``
  /// - Throws: `.argument` inside a transaction; as opening does
  @unsafe public init(
    attachedTo database: OpaquePointer, generations: Int? = nil, takesOver: Bool = false
  ) throws(LeatError) {
    var options = leat_store_options()
    options.generations = try Store.generations(generations)
    options.flags = takesOver ? LEAT_STORE_TAKE_OVER : 0
    var store: OpaquePointer?
    try unsafe check { error in unsafe leat_store_attach(database, &options, &store, error) }
    // Safe: leat_store_attach has returned LEAT_OK.
    unsafe openHandle = store!
  }

  private static func generations(_ count: Int?) throws(LeatError) -> UInt32 {
    guard let count else { return 0 }
    guard count > 0, count <= Int(LEAT_GENERATION_MAX) else {
      throw LeatError(
        .argument, "generations: found \(count), expected 1 to \(LEAT_GENERATION_MAX)")
    }
    return UInt32(count)
  }

  /// Closes it. If statements of the program's own are not finished, it stays open until the process
  /// ends; nothing that was acknowledged is lost.
  deinit { if !isClosed { _ = unsafe leat_store_close(openHandle, nil) } }

  /// Closes it now, so that another may open it. Every later call throws `.argument`.
  ///
  /// - Throws: `.busy` when statements of the program's own on the connection are not finished; the
  ///   store stays open
  public func close() throws(LeatError) {
    if isClosed { return }
    try unsafe check { error in unsafe leat_store_close(openHandle, error) }
    isClosed = true
  }

  /// The connection, a `sqlite3 *`, for statements of the program's own inside a transaction. The
  /// store still owns it. nil while an ``Autosave`` has it, and when it is closed.
  @unsafe public var database: OpaquePointer? { unsafe leat_store_database(handle) }

  /// nil when it is closed: the library refuses that with a message.
  var handle: OpaquePointer? { isClosed ? nil : unsafe openHandle }
}
