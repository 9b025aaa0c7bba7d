// SPDX-License-Identifier: MIT
//
// leat_store.h: Transactions.

import CLeat
import CLeatStore
import LeatSupport

@_cdecl("leat_store_begin") @implementation
public func leat_store_begin(
  _ store: OpaquePointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    try unsafe StoreHandle(store, explanation).begin()
    return LEAT_OK
  }
}

@_cdecl("leat_store_commit") @implementation
public func leat_store_commit(
  _ store: OpaquePointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    try unsafe StoreHandle(store, explanation).commit()
    return LEAT_OK
  }
}

@_cdecl("leat_store_rollback") @implementation
public func leat_store_rollback(
  _ store: OpaquePointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    try unsafe StoreHandle(store, explanation).rollback()
    return LEAT_OK
  }
}
