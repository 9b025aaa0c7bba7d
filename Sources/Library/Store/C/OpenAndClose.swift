// SPDX-License-Identifier: MIT
//
// leat_store.h: Open and close.

import CLeat
import CLeatStore
import LeatSupport

@_cdecl("leat_store_open") @implementation
public func leat_store_open(
  _ path: UnsafePointer<CChar>!, _ options: UnsafePointer<leat_store_options>!,
  _ store: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    guard let path = unsafe path else { throw explanation.failure(LEAT_E_ARGUMENT, "path is NULL") }
    try unsafe checkPointer(store, "store", explanation)
    let options = try unsafe StoreOptions(
      options, allowed: LEAT_STORE_READ_ONLY | LEAT_STORE_NO_CREATE | LEAT_STORE_TAKE_OVER,
      "LEAT_STORE_READ_ONLY, 1, _NO_CREATE, 2, and _TAKE_OVER, 4", explanation)
    unsafe store.pointee = try StoreHandle.open(FilePath(path), options, explanation)
    return LEAT_OK
  }
}

@_cdecl("leat_store_attach") @implementation
public func leat_store_attach(
  _ database: OpaquePointer!, _ options: UnsafePointer<leat_store_options>!,
  _ store: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    guard let database = unsafe database else {
      throw explanation.failure(LEAT_E_ARGUMENT, "database is NULL")
    }
    try unsafe checkPointer(store, "store", explanation)
    let options = try unsafe StoreOptions(
      options, allowed: LEAT_STORE_TAKE_OVER, "LEAT_STORE_TAKE_OVER, 4", explanation)
    unsafe store.pointee = try StoreHandle.attach(database, options, explanation)
    return LEAT_OK
  }
}

@_cdecl("leat_store_close") @implementation
public func leat_store_close(
  _ store: OpaquePointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  if unsafe store == nil { return LEAT_OK }
  return unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    if try unsafe StoreHandle.closeInherited(store, explanation) { return LEAT_OK }
    try unsafe StoreHandle(store, explanation).close()
    return LEAT_OK
  }
}

@_cdecl("leat_store_database") @implementation
public func leat_store_database(_ store: OpaquePointer!) -> OpaquePointer! {
  guard let store = try? unsafe StoreHandle(store, .none) else { return nil }
  return unsafe store.connection.pointer
}
