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
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    guard let block = unsafe block else {
      throw explanation.failure(LEAT_E_ARGUMENT, "block is NULL")
    }
    // A size_t beyond Int.max is negative here.
    let most = UInt.max - UInt(bitPattern: block)
    if size < 0 || UInt(size) > most {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "size: found \(UInt(bitPattern: size)), expected the size of the block")
    }
    try unsafe MemoryBlock.use(block, size: size, explanation)
    return LEAT_OK
  }
}
