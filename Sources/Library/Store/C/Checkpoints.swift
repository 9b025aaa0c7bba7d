// SPDX-License-Identifier: MIT
//
// leat_store.h: Checkpoints.

import CLeat
import CLeatStore
import LeatSupport

@_cdecl("leat_store_save") @implementation
public func leat_store_save(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ stream: OpaquePointer!,
  _ cursor: UnsafeRawPointer!, _ cursor_size: Int, _ flags: UInt32,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { () throws(Failure) in
    let store = try unsafe StoreHandle(store)
    let name = try unsafe StreamName(name)
    let stream = try unsafe StreamHandle(stream)
    let cursor = try unsafe cursorView(cursor, cursor_size)
    try store.save(name, stream, cursor: cursor, flags: SaveFlags(flags))
    return LEAT_OK
  }
}

@_cdecl("leat_store_load") @implementation
public func leat_store_load(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ stream: OpaquePointer!,
  _ cursor: UnsafeMutableRawPointer!, _ cursor_capacity: Int,
  _ checkpoint: UnsafeMutablePointer<leat_checkpoint>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { () throws(Failure) in
    let store = try unsafe StoreHandle(store)
    let name = try unsafe StreamName(name)
    let stream = try unsafe StreamHandle(stream)
    let cursor = try unsafe cursorBuffer(cursor, cursor_capacity)
    if unsafe checkpoint != nil { try unsafe checkPointer(checkpoint, "checkpoint") }
    let loaded = try unsafe store.load(name, into: stream, cursor: cursor)
    return unsafe tell(loaded, checkpoint)
  }
}

@_cdecl("leat_store_delete") @implementation
public func leat_store_delete(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { () throws(Failure) in
    try unsafe StoreHandle(store).delete(StreamName(name))
    return LEAT_OK
  }
}

@_cdecl("leat_store_list") @implementation
public func leat_store_list(
  _ store: OpaquePointer!,
  _ visit: (
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<leat_store_entry>?) -> Int32
  )!,
  _ context: UnsafeMutableRawPointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { () throws(Failure) in
    let store = try unsafe StoreHandle(store)
    guard let visit = unsafe visit else { throw Failure(LEAT_E_ARGUMENT, "visit is NULL") }
    try unsafe store.list { entry in unsafe visit(context, entry) == 0 }
    return LEAT_OK
  }
}

@_cdecl("leat_store_rename") @implementation
public func leat_store_rename(
  _ store: OpaquePointer!, _ from: UnsafePointer<CChar>!, _ to: UnsafePointer<CChar>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { () throws(Failure) in
    let store = try unsafe StoreHandle(store)
    let from = try unsafe StreamName(from, "from")
    let to = try unsafe StreamName(to, "to")
    try store.rename(from, to)
    return LEAT_OK
  }
}

@_cdecl("leat_store_export") @implementation
public func leat_store_export(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ state: UnsafeMutableRawPointer!,
  _ state_capacity: Int, _ cursor: UnsafeMutableRawPointer!, _ cursor_capacity: Int,
  _ checkpoint: UnsafeMutablePointer<leat_checkpoint>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { () throws(Failure) in
    let store = try unsafe StoreHandle(store)
    let name = try unsafe StreamName(name)
    let state = try unsafe stateBuffer(state, state_capacity)
    let cursor = try unsafe cursorBuffer(cursor, cursor_capacity)
    if unsafe checkpoint != nil { try unsafe checkPointer(checkpoint, "checkpoint") }
    let found = try unsafe store.exportState(name, to: state, cursor: cursor)
    return unsafe tell(found, checkpoint)
  }
}

@_cdecl("leat_store_import") @implementation
public func leat_store_import(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ state: UnsafeRawPointer!,
  _ state_size: Int, _ cursor: UnsafeRawPointer!, _ cursor_size: Int, _ flags: UInt32,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { () throws(Failure) in
    let store = try unsafe StoreHandle(store)
    let name = try unsafe StreamName(name)
    guard let state = unsafe state else { throw Failure(LEAT_E_ARGUMENT, "state is NULL") }
    // SQLite's blobs are no larger than an Int32 can say; size_t beyond Int.max comes as negative.
    guard state_size >= 0, state_size <= Int(Int32.max) else {
      throw Failure(
        LEAT_E_SIZE, "state_size is \(UInt(bitPattern: state_size)), and no state is that large")
    }
    let cursor = try unsafe cursorView(cursor, cursor_size)
    try store.importState(
      name, unsafe ByteView(state, count: state_size), cursor: cursor, flags: SaveFlags(flags))
    return LEAT_OK
  }
}

extension SaveFlags {
  fileprivate init(_ flags: UInt32) throws(Failure) {
    if flags & ~(LEAT_SAVE_REWIND | LEAT_SAVE_REPLACE) != 0 {
      throw Failure(
        LEAT_E_ARGUMENT,
        "flags is \(flags), and only LEAT_SAVE_REWIND, 1, and LEAT_SAVE_REPLACE, 2, are known")
    }
    self.init(
      rewinds: flags & LEAT_SAVE_REWIND != 0, replaces: flags & LEAT_SAVE_REPLACE != 0)
  }
}

/// Gives the caller what was found, and returns what says how good it is.
private func tell(
  _ found: leat_checkpoint, _ checkpoint: UnsafeMutablePointer<leat_checkpoint>?
) -> Int32 {
  if let checkpoint = unsafe checkpoint { unsafe checkpoint.pointee = found }
  return found.corrupt_generations == 0 && found.store_is_behind == 0 ? LEAT_OK : LEAT_FALLBACK
}

/// The caller's buffer for a state; nil when it isn't wanted.
private func stateBuffer(
  _ state: UnsafeMutableRawPointer?, _ capacity: Int
) throws(Failure) -> UnsafeMutableRawBufferPointer? {
  guard let state = unsafe state else {
    if capacity == 0 { return nil }
    throw Failure(
      LEAT_E_ARGUMENT, "state is NULL, and state_capacity \(UInt(bitPattern: capacity))")
  }
  return unsafe UnsafeMutableRawBufferPointer(start: state, count: capacity < 0 ? .max : capacity)
}

/// The caller's cursor to be saved.
private func cursorView(_ cursor: UnsafeRawPointer?, _ size: Int) throws(Failure) -> ByteView {
  // size_t comes as Int: beyond Int.max it's negative.
  if size < 0 || size > Int(LEAT_CURSOR_MAX) {
    throw Failure(
      LEAT_E_ARGUMENT,
      "cursor_size is \(UInt(bitPattern: size)), and \(LEAT_CURSOR_MAX) is the most")
  }
  if let cursor = unsafe cursor { return unsafe ByteView(cursor, count: size) }
  if size != 0 { throw Failure(LEAT_E_ARGUMENT, "cursor is NULL, and cursor_size \(size)") }
  return .empty
}

/// The caller's buffer for the cursor; nil when it isn't wanted.
private func cursorBuffer(
  _ cursor: UnsafeMutableRawPointer?, _ capacity: Int
) throws(Failure) -> UnsafeMutableRawBufferPointer? {
  guard let cursor = unsafe cursor else {
    if capacity == 0 { return nil }
    throw Failure(
      LEAT_E_ARGUMENT, "cursor is NULL, and cursor_capacity \(UInt(bitPattern: capacity))")
  }
  let most = Int(LEAT_CURSOR_MAX)
  let usable = capacity < 0 || capacity > most ? most : capacity
  return unsafe UnsafeMutableRawBufferPointer(start: cursor, count: usable)
}
