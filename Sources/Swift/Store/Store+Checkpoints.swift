// SPDX-License-Identifier: MIT

internal import CLeatStore

extension Store {
  /// Writes a checkpoint of a stream, and deletes the oldest if it has too many. Inside a
  /// transaction it becomes durable when that commits, else before this returns.
  ///
  /// - Parameters:
  ///   - stream: what is saved; it isn't changed, and can continue even if this throws
  ///   - name: 1 to 255 bytes
  ///   - cursor: at most 65,536 bytes of the program's own
  /// - Throws: `.position` when the newest checkpoint is further on; `.mismatch` when the stream's
  ///   checkpoints are another model's; `.fenced`, `.gone`, `.unsupported`, `.corrupt`, `.full`,
  ///   `.readOnly`, `.busy`, `.io`, `.sqlite`, `.argument`
  public func save(
    _ stream: borrowing ModelStream, as name: String, cursor: [UInt8] = [],
    _ options: SaveOptions = []
  ) throws(LeatError) {
    try requireNoNUL(name, "name")
    let handle = unsafe stream.handle
    try unsafe check { error in
      unsafe leat_store_save(
        self.handle, name, handle, cursor, cursor.count, options.rawValue, error)
    }
  }

  /// Sets a stream to its newest checkpoint whose checksum holds.
  ///
  /// - Returns: what was loaded: look at `isFallback`; nil when the store has no such stream, and
  ///   `stream` is as it was
  /// - Throws: `.corrupt` when no checkpoint is whole; `.mismatch` when it is another model's; as
  ///   ``save(_:as:cursor:_:)``
  @discardableResult
  public func load(
    _ name: String, into stream: inout ModelStream
  ) throws(LeatError) -> Checkpoint? {
    try requireNoNUL(name, "name")
    let handle = unsafe stream.handle
    var checkpoint = leat_checkpoint()
    var cursor = [UInt8](repeating: 0, count: Store.maximumCursorSize)
    do throws(LeatError) {
      let code = try unsafe check { error in
        unsafe leat_store_load(
          self.handle, name, handle, &cursor, cursor.count, &checkpoint, error)
      }
      return Checkpoint(
        checkpoint, cursor: Array(cursor.prefix(checkpoint.cursor_size)), code: code)
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  /// A stream's newest whole checkpoint, for which no model is needed.
  ///
  /// - Throws: `.notFound` when the store has no such stream; as ``load(_:into:)``
  public func export(
    _ name: String
  ) throws(LeatError) -> (state: State, checkpoint: Checkpoint) {
    try requireNoNUL(name, "name")
    var checkpoint = leat_checkpoint()
    try unsafe check { error in
      unsafe leat_store_export(handle, name, nil, 0, nil, 0, &checkpoint, error)
    }
    var state = [UInt8](repeating: 0, count: Int(checkpoint.state_size))
    // Not empty, because a nil pointer means that it isn't wanted.
    var cursor = [UInt8](repeating: 0, count: max(1, checkpoint.cursor_size))
    let code = try unsafe check { error in
      unsafe leat_store_export(
        handle, name, &state, state.count, &cursor, cursor.count, &checkpoint, error)
    }
    return try (
      State(bytes: Array(state.prefix(Int(checkpoint.state_size)))),
      Checkpoint(checkpoint, cursor: Array(cursor.prefix(checkpoint.cursor_size)), code: code)
    )
  }

  /// Writes a checkpoint of a state, as ``save(_:as:cursor:_:)`` does of a stream with it.
  ///
  /// - Throws: as ``save(_:as:cursor:_:)``
  public func `import`(
    _ state: State, as name: String, cursor: [UInt8] = [], _ options: SaveOptions = []
  ) throws(LeatError) {
    try requireNoNUL(name, "name")
    try unsafe check { error in
      unsafe leat_store_import(
        handle, name, state.bytes, state.bytes.count, cursor, cursor.count, options.rawValue,
        error)
    }
  }
}
