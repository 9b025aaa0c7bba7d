// SPDX-License-Identifier: MIT

internal import CLeatStore

extension Store {
  /// A stream of a store. Its figures are not checked against checksums.
  public struct Entry: Hashable, Sendable {
    public let name: String
    /// Of its newest checkpoint: 1, 2, ...
    public let generation: UInt64
    /// How many samples it has taken in.
    public let position: UInt64
    /// Unix time in milliseconds.
    public let savedAt: Int64
    /// Bytes of its newest state and cursor.
    public let stateSize, cursorSize: UInt64
    /// How many checkpoints of it are kept.
    public let generations: Int
    /// How many members a group has; 0 of a stream.
    public let members: Int

    fileprivate init(_ entry: leat_store_entry) {
      name = unsafe String(cString: entry.name)
      (generation, position) = unsafe (entry.generation, entry.position)
      unsafe savedAt = entry.saved_at_ms
      (stateSize, cursorSize) = unsafe (entry.state_size, entry.cursor_size)
      generations = unsafe Int(entry.generations)
      members = unsafe Int(entry.members)
    }
  }

  /// Calls `visit` for every stream, in the order of their names' bytes, until it returns false.
  ///
  /// - Parameter visit: must not use the store
  /// - Throws: `.corrupt`, `.io`, `.busy`, `.sqlite`, `.argument`
  public func forEachStream(_ visit: (Entry) -> Bool) throws(LeatError) {
    _ = try unsafe visitEntries(visit) { visit, context, error in
      unsafe leat_store_list(handle, visit, context, error)
    }
  }

  typealias Visit =
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<leat_store_entry>?) -> Int32

  /// Calls `visit` for each entry that `list` goes through, until it returns false. Returns the code.
  func visitEntries(
    _ visit: (Entry) -> Bool,
    _ list: (Visit, UnsafeMutableRawPointer, UnsafeMutablePointer<leat_error>) -> Int32
  ) throws(LeatError) -> Int32 {
    var code = LEAT_OK
    try withoutActuallyEscaping(visit) { visit throws(LeatError) in
      try unsafe withContext(visit) { context throws(LeatError) in
        code = try unsafe check { error in
          unsafe list(
            { context, entry in
              guard let context = unsafe context, let entry = unsafe entry else { return 1 }
              // Safe: the context is `visit`.
              let visit = unsafe context.assumingMemoryBound(to: ((Entry) -> Bool).self)
              return unsafe visit.pointee(Entry(entry.pointee)) ? 0 : 1
            }, context, error)
        }
      }
    }
    return code
  }

  /// All streams, in the order of their names' bytes.
  ///
  /// - Throws: as ``forEachStream(_:)``
  public func streams() throws(LeatError) -> [Entry] {
    var entries: [Entry] = []
    try forEachStream { entry in
      entries.append(entry)
      return true
    }
    return entries
  }

  /// One stream, found by reading the list up to it; nil when there is none.
  ///
  /// - Throws: as ``forEachStream(_:)``
  public func entry(of name: String) throws(LeatError) -> Entry? {
    var found: Entry?
    try forEachStream { entry in
      // Names are equal by their bytes, not by Unicode's rules.
      if entry.name.utf8.elementsEqual(name.utf8) { found = entry }
      return found == nil
    }
    return found
  }

  /// Gives a stream another name.
  ///
  /// - Throws: `.notFound`; `.exists` when that name is taken; as ``save(_:as:cursor:_:)``
  public func rename(_ name: String, to newName: String) throws(LeatError) {
    try requireNoNUL(name, "name")
    try requireNoNUL(newName, "new name")
    try unsafe check { error in unsafe leat_store_rename(handle, name, newName, error) }
  }

  /// Deletes a stream and all its checkpoints.
  ///
  /// - Throws: `.notFound`; as ``save(_:as:cursor:_:)``
  public func delete(_ name: String) throws(LeatError) {
    try requireNoNUL(name, "name")
    try unsafe check { error in unsafe leat_store_delete(handle, name, error) }
  }
}

/// Passes what C calls back as a context, for as long as `body` runs.
func withContext<Call>(
  _ call: Call, _ body: (UnsafeMutableRawPointer) throws(LeatError) -> Void
) throws(LeatError) {
  var call = call
  try unsafe withUnsafeMutablePointer(to: &call) { call throws(LeatError) in
    try unsafe body(UnsafeMutableRawPointer(call))
  }
}
