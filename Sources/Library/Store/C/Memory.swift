// SPDX-License-Identifier: MIT
//
// leat_store.h: Memory.

import CLeat
import CLeatStore
import LeatSupport

@_cdecl("leat_store_use_memory") @implementation
public func leat_store_use_memory(
  _ block: UnsafeMutableRawPointer!, _ size: Int, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { () throws(Failure) in
    guard let block = unsafe block else { throw Failure(LEAT_E_ARGUMENT, "block is NULL") }
    // size_t comes as Int: beyond Int.max it's negative.
    let room = UInt.max - UInt(bitPattern: block)
    if size < 0 || UInt(size) > room {
      throw Failure(
        LEAT_E_ARGUMENT, "size is \(UInt(bitPattern: size)), which is no size of memory at block")
    }
    try unsafe MemoryConfiguration.use(block, size: size)
    return LEAT_OK
  }
}
