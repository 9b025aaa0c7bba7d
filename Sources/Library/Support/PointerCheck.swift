// SPDX-License-Identifier: MIT

import CLeat

/// Checks a pointer to an object of the caller, or to an array.
package func checkPointer<Pointee>(
  _ pointer: UnsafePointer<Pointee>?, _ name: StaticString
) throws(Failure) {
  guard let pointer = unsafe pointer else {
    throw Failure(LEAT_E_ARGUMENT, "\(name) is NULL")
  }
  guard UInt(bitPattern: pointer) % UInt(MemoryLayout<Pointee>.alignment) == 0 else {
    throw Failure(
      LEAT_E_ARGUMENT, "\(name) is misaligned, expected \(MemoryLayout<Pointee>.alignment) bytes")
  }
}

package func checkPointer<Pointee>(
  _ pointer: UnsafeMutablePointer<Pointee>?, _ name: StaticString
) throws(Failure) {
  unsafe try checkPointer(UnsafePointer(pointer), name)
}
