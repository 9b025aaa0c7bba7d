// SPDX-License-Identifier: MIT

internal import CLeatStore

/// A group is several streams that are saved and loaded together, with one cursor: after a crash all
/// are found as they were at the same moment. In C it is `leat_store_save_group()` and its siblings.
extension Store {
  /// Writes one checkpoint of all streams of a batch, in one transaction.
  ///
  /// - Parameters:
  ///   - batch: its streams aren't changed, and can continue even if this throws
  ///   - name: of the group, 1 to 255 bytes, which no stream has
  ///   - members: `[batch.count]` names of the streams, each once. Those of the checkpoint before must
  ///     be the same, in the same order; new ones may follow
  ///   - changed: `[batch.count]`, whether the stream has changed since the checkpoint before; only
  ///     those are written. nil: all have
  ///   - cursor: at most 65,536 bytes of the program's own
  /// - Throws: `.mismatch` also when the members are others, or when a stream has the name; as
  ///   ``save(_:as:cursor:_:)``
  public func save(
    _ batch: borrowing Batch, asGroup name: String, members: [String], changed: [Bool]? = nil,
    cursor: [UInt8] = [], _ options: SaveOptions = []
  ) throws(LeatError) {
    if let changed, changed.count != batch.count {
      throw .wrongCount("changed", found: changed.count, expected: batch.count)
    }
    var streams = unsafe batch.handles
    if let changed {
      for index in changed.indices where !changed[index] { unsafe streams[index] = nil }
    }
    try requireNoNUL(name, "name")
    try unsafe withNames(members, batch.count) { members throws(LeatError) in
      _ = try unsafe check { error in
        unsafe leat_store_save_group(
          handle, name, members, streams, streams.count, cursor, cursor.count, options.rawValue,
          error)
      }
    }
  }

  /// Sets all streams of a batch to the group's newest checkpoint that is whole for every member, or
  /// changes none.
  ///
  /// - Parameter members: as for ``save(_:asGroup:members:changed:cursor:_:)``, all of them
  /// - Returns: what was loaded: its position is the sum of all members'; nil when the store has no
  ///   such group
  /// - Throws: `.mismatch` also when the members are others; as ``load(_:into:)``
  @discardableResult
  public func load(
    group name: String, members: [String], into batch: inout Batch
  ) throws(LeatError) -> Checkpoint? {
    try requireNoNUL(name, "name")
    var checkpoint = leat_checkpoint()
    var cursor = [UInt8](repeating: 0, count: Store.maximumCursorSize)
    let streams = unsafe batch.handles
    var code: Int32 = 0
    do throws(LeatError) {
      try unsafe withNames(members, batch.count) { members throws(LeatError) in
        code = try unsafe check { error in
          unsafe leat_store_load_group(
            handle, name, members, streams, streams.count, &cursor, cursor.count, &checkpoint,
            error)
        }
      }
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
    return Checkpoint(
      checkpoint, cursor: Array(cursor.prefix(checkpoint.cursor_size)), code: code)
  }

  /// A group as ``load(group:members:into:)`` would load it.
  public struct Group: Hashable, Sendable {
    /// In their order, with the generation and the position of each.
    public let members: [Entry]
    /// Whether this may not be the newest checkpoint.
    public let isFallback: Bool
  }

  /// The members of a group; nil when the store has no such group.
  ///
  /// - Throws: as ``load(group:members:into:)``
  public func group(_ name: String) throws(LeatError) -> Group? {
    try requireNoNUL(name, "name")
    var members: [Entry] = []
    do throws(LeatError) {
      let code = try unsafe visitEntries({
        members.append($0)
        return true
      }) { visit, context, error in
        unsafe leat_store_list_group(handle, name, visit, context, error)
      }
      return Group(members: members, isFallback: code == LEAT_FALLBACK)
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  /// The names of a group's members, in their order; nil when the store has no such group.
  ///
  /// - Throws: as ``load(group:members:into:)``
  public func members(ofGroup name: String) throws(LeatError) -> [String]? {
    try group(name)?.members.map(\.name)
  }
}

/// Passes names as C does: an array of pointers, valid as long as `body` runs.
func withNames(
  _ members: [String], _ count: Int,
  _ body: (UnsafePointer<UnsafePointer<CChar>?>?) throws(LeatError) -> Void
) throws(LeatError) {
  if members.count != count {
    throw .wrongCount("members", found: members.count, expected: count)
  }
  // All names in one array, each ending with NUL.
  var text: [CChar] = []
  var starts: [Int] = []
  for member in members {
    try requireNoNUL(member, "a member's name")
    starts.append(text.count)
    text.append(contentsOf: member.utf8.map { CChar(bitPattern: $0) })
    text.append(0)
  }
  try unsafe text.withUnsafeBufferPointer { text throws(LeatError) in
    let names = unsafe starts.map { start in unsafe text.baseAddress.map { unsafe $0 + start } }
    try unsafe names.withUnsafeBufferPointer { names throws(LeatError) in
      try unsafe body(names.baseAddress)
    }
  }
}
