// SPDX-License-Identifier: MIT
//
// leat_store.h: Checkpoints.

import CLeat
import CLeatStore
import LeatBytes

@_cdecl("leat_store_save") @implementation
public func leat_store_save(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ stream: OpaquePointer!,
  _ cursor: UnsafeRawPointer!, _ cursor_size: Int, _ flags: UInt32,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reporting(to: error) { () throws(Failure) in
    let store = try unsafe StoreHandle(store)
    let name = try unsafe StreamName(name)
    let stream = try unsafe StreamHandle(stream)
    let cursor = try unsafe cursorView(cursor, cursor_size)
    if flags & ~LEAT_SAVE_REWIND != 0 {
      throw Failure(LEAT_E_ARGUMENT, "flags is \(flags), and only LEAT_SAVE_REWIND, 1, is known")
    }
    try store.save(name, stream, cursor: cursor, rewinds: flags & LEAT_SAVE_REWIND != 0)
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
  unsafe reporting(to: error) { () throws(Failure) in
    let store = try unsafe StoreHandle(store)
    let name = try unsafe StreamName(name)
    let stream = try unsafe StreamHandle(stream)
    let cursor = try unsafe cursorBuffer(cursor, cursor_capacity)
    if unsafe checkpoint != nil { try unsafe checkPointer(checkpoint, "checkpoint") }
    let loaded = try unsafe store.load(name, into: stream, cursor: cursor)
    if let checkpoint = unsafe checkpoint { unsafe checkpoint.pointee = loaded }
    return loaded.corrupt_generations == 0 ? LEAT_OK : LEAT_FALLBACK
  }
}

@_cdecl("leat_store_delete") @implementation
public func leat_store_delete(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reporting(to: error) { () throws(Failure) in
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
  unsafe reporting(to: error) { () throws(Failure) in
    let store = try unsafe StoreHandle(store)
    guard let visit = unsafe visit else { throw Failure(LEAT_E_ARGUMENT, "visit is NULL") }
    try unsafe store.list { entry in unsafe visit(context, entry) == 0 }
    return LEAT_OK
  }
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
