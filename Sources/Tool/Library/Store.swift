// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore

/// A store that `leat_store_open` opened, for as long as this lives.
@safe final class Store {
  enum Access {
    /// Beside a writer, changing nothing.
    case look
    /// As the one writer, of a file that is there.
    case change
    /// As the one writer, of a file that is made if there is none.
    case create
  }

  let path: String
  let handle: OpaquePointer

  /// - Parameter generations: checkpoints kept of each stream; 0 for the library's own number
  init(path: String, for access: Access, generations: UInt32 = 0, takesOver: Bool = false) throws {
    self.path = path
    var options = leat_store_options()
    options.generations = generations
    options.flags =
      switch access {
      case .look: LEAT_STORE_READ_ONLY
      case .change: LEAT_STORE_NO_CREATE
      case .create: 0
      }
    if takesOver { options.flags |= LEAT_STORE_TAKE_OVER }
    var store: OpaquePointer?
    try unsafe LibraryError.check(reading: access == .create ? nil : path) { error in
      unsafe leat_store_open(path, &options, &store, error)
    }
    // Safe: leat_store_open has returned LEAT_OK.
    unsafe handle = store!
  }

  /// What couldn't be closed at the end of the process is closed by it: everything that was
  /// acknowledged is on disk.
  deinit { if !isClosed { _ = unsafe leat_store_close(handle, nil) } }

  private var isClosed = false

  /// Closes it before this goes, so that another may open it.
  func close() throws {
    try unsafe LibraryError.check { error in unsafe leat_store_close(handle, error) }
    isClosed = true
  }

  /// A stream's row, as it stands in the store.
  struct Entry {
    let name: String
    let generation, position: UInt64
    /// Unix time in milliseconds.
    let savedAt: Int64
    let stateSize, cursorSize: UInt64
    let generations: UInt32

    fileprivate init(_ entry: leat_store_entry) {
      name = unsafe String(cString: entry.name)
      (generation, position) = unsafe (entry.generation, entry.position)
      unsafe savedAt = entry.saved_at_ms
      (stateSize, cursorSize) = unsafe (entry.state_size, entry.cursor_size)
      unsafe generations = entry.generations
    }
  }

  /// Calls `visit` for every stream in the order of their names, until it returns false.
  func list(_ visit: (Entry) -> Bool) throws {
    try withoutActuallyEscaping(visit) { visit in
      var visit = visit
      try unsafe LibraryError.check { error in
        unsafe withUnsafeMutablePointer(to: &visit) { context in
          unsafe leat_store_list(
            handle,
            { context, entry in
              let visit = unsafe context!.assumingMemoryBound(to: ((Entry) -> Bool).self)
              return unsafe visit.pointee(Entry(entry!.pointee)) ? 0 : 1
            }, context, error)
        }
      }
    }
  }

  /// A stream's row; nil when there is none.
  func entry(_ name: String) throws -> Entry? {
    var found: Entry?
    try list { entry in
      if entry.name.utf8.elementsEqual(name.utf8) { found = entry }
      return found == nil
    }
    return found
  }

  /// A checkpoint without its model.
  struct Checkpoint {
    let figures: leat_checkpoint
    let state: [UInt8]
    let cursor: [UInt8]
    /// It isn't the newest, or the store is behind: LEAT_FALLBACK.
    let isFallback: Bool
  }

  /// The newest whole checkpoint of a stream.
  func export(_ name: String) throws -> Checkpoint {
    var figures = leat_checkpoint()
    try unsafe LibraryError.check { error in
      unsafe leat_store_export(handle, name, nil, 0, nil, 0, &figures, error)
    }
    var state = [UInt8](repeating: 0, count: Int(figures.state_size))
    var cursor = [UInt8](repeating: 0, count: max(1, figures.cursor_size))
    let code = try unsafe LibraryError.check { error in
      unsafe leat_store_export(
        handle, name, &state, state.count, &cursor, cursor.count, &figures, error)
    }
    state.removeLast(state.count - Int(figures.state_size))
    cursor.removeLast(cursor.count - figures.cursor_size)
    return Checkpoint(
      figures: figures, state: state, cursor: cursor, isFallback: code == LEAT_FALLBACK)
  }

  func importState(
    _ state: [UInt8], cursor: [UInt8], as name: String, flags: UInt32 = 0
  ) throws {
    try unsafe LibraryError.check { error in
      unsafe leat_store_import(
        handle, name, state, state.count, cursor, cursor.count, flags, error)
    }
  }

  func save(_ stream: Stream, as name: String, cursor: [UInt8], flags: UInt32 = 0) throws {
    try unsafe LibraryError.check { error in
      unsafe leat_store_save(handle, name, stream.handle, cursor, cursor.count, flags, error)
    }
  }

  /// Sets a stream to its newest whole checkpoint.
  ///
  /// - Returns: nil when the store has no such stream
  func load(_ name: String, into stream: Stream) throws -> Checkpoint? {
    var figures = leat_checkpoint()
    var cursor = [UInt8](repeating: 0, count: Int(LEAT_CURSOR_MAX))
    do {
      let code = try unsafe LibraryError.check { error in
        unsafe leat_store_load(
          handle, name, stream.handle, &cursor, cursor.count, &figures, error)
      }
      cursor.removeLast(cursor.count - figures.cursor_size)
      return Checkpoint(
        figures: figures, state: [], cursor: cursor, isFallback: code == LEAT_FALLBACK)
    } catch let error as LibraryError where error.code == LEAT_E_NOT_FOUND {
      return nil
    }
  }

  func statistics() throws -> leat_store_statistics_t {
    var statistics = leat_store_statistics_t()
    try unsafe LibraryError.check { error in
      unsafe leat_store_statistics(handle, &statistics, error)
    }
    return statistics
  }
}
