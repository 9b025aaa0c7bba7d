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
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    let name = try unsafe StreamName(name, explanation)
    let stream = try unsafe CoreStream(stream, explanation)
    let cursor = try unsafe cursorView(
      cursor, cursor_size, most: Int(LEAT_CURSOR_MAX), else: LEAT_E_ARGUMENT, explanation)
    try store.save(name, stream, cursor: cursor, flags: SaveFlags(flags, explanation))
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
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    let name = try unsafe StreamName(name, explanation)
    let stream = try unsafe CoreStream(stream, explanation)
    let cursor = try unsafe bufferView(
      cursor, cursor_capacity, most: Int(LEAT_CURSOR_MAX), "cursor", explanation)
    if unsafe checkpoint != nil { try unsafe checkPointer(checkpoint, "checkpoint", explanation) }
    let loaded = try unsafe store.load(name, into: stream, cursor: cursor)
    return unsafe deliver(loaded, to: checkpoint)
  }
}

@_cdecl("leat_store_delete") @implementation
public func leat_store_delete(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    try unsafe StoreHandle(store, explanation).delete(StreamName(name, explanation))
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
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    guard let visit = unsafe visit else {
      throw explanation.failure(LEAT_E_ARGUMENT, "visit is NULL")
    }
    try unsafe store.list { entry in unsafe visit(context, entry) == 0 }
    return LEAT_OK
  }
}

@_cdecl("leat_store_rename") @implementation
public func leat_store_rename(
  _ store: OpaquePointer!, _ from: UnsafePointer<CChar>!, _ to: UnsafePointer<CChar>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    let from = try unsafe StreamName(from, explanation, "from")
    let to = try unsafe StreamName(to, explanation, "to")
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
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    let name = try unsafe StreamName(name, explanation)
    let state = try unsafe bufferView(state, state_capacity, most: .max, "state", explanation)
    let cursor = try unsafe bufferView(
      cursor, cursor_capacity, most: Int(LEAT_CURSOR_MAX), "cursor", explanation)
    if unsafe checkpoint != nil { try unsafe checkPointer(checkpoint, "checkpoint", explanation) }
    let found = try unsafe store.exportState(name, to: state, cursor: cursor)
    return unsafe deliver(found, to: checkpoint)
  }
}

@_cdecl("leat_store_import") @implementation
public func leat_store_import(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ state: UnsafeRawPointer!,
  _ state_size: Int, _ cursor: UnsafeRawPointer!, _ cursor_size: Int, _ flags: UInt32,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    let name = try unsafe StreamName(name, explanation)
    guard let state = unsafe state else {
      throw explanation.failure(LEAT_E_ARGUMENT, "state is NULL")
    }
    // SQLite's blobs have at most Int32.max bytes. A size_t beyond Int.max is negative here.
    guard state_size >= 0, state_size <= Int(Int32.max) else {
      throw explanation.failure(
        LEAT_E_SIZE,
        "state_size: found \(UInt(bitPattern: state_size)), expected at most \(Int32.max)")
    }
    let cursor = try unsafe cursorView(
      cursor, cursor_size, most: Int(LEAT_CURSOR_MAX), else: LEAT_E_ARGUMENT, explanation)
    try store.importState(
      name, unsafe ByteView(state, count: state_size), cursor: cursor,
      flags: SaveFlags(flags, explanation))
    return LEAT_OK
  }
}

extension SaveFlags {
  init(_ flags: UInt32, _ explanation: Explanation) throws(Failure) {
    try requireFlags(
      flags, of: LEAT_SAVE_REWIND | LEAT_SAVE_REPLACE, "flags",
      "LEAT_SAVE_REWIND, 1, and LEAT_SAVE_REPLACE, 2", explanation)
    self.init(
      rewinds: flags & LEAT_SAVE_REWIND != 0, replaces: flags & LEAT_SAVE_REPLACE != 0)
  }
}

/// Gives the caller what was found, and returns whether it is what was last saved.
func deliver(
  _ found: leat_checkpoint, to checkpoint: UnsafeMutablePointer<leat_checkpoint>?
) -> Int32 {
  if let checkpoint = unsafe checkpoint { unsafe checkpoint.pointee = found }
  return found.corrupt_generations == 0 && found.store_is_behind == 0 ? LEAT_OK : LEAT_FALLBACK
}
