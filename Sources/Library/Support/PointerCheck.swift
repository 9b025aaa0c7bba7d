// SPDX-License-Identifier: MIT

import CLeat

/// Checks a pointer to an object of the caller, or to an array.
@inline(__always)
package func checkPointer<Pointee>(
  _ pointer: UnsafePointer<Pointee>?, _ name: StaticString, _ explanation: Explanation
) throws(Failure) {
  unsafe try checkAddress(pointer, MemoryLayout<Pointee>.alignment, name, explanation)
}

@inline(__always)
package func checkPointer<Pointee>(
  _ pointer: UnsafeMutablePointer<Pointee>?, _ name: StaticString, _ explanation: Explanation
) throws(Failure) {
  unsafe try checkAddress(pointer, MemoryLayout<Pointee>.alignment, name, explanation)
}

/// Not generic: so there is one for all types.
@inline(never)
package func checkAddress(
  _ pointer: UnsafeRawPointer?, _ alignment: Int, _ name: StaticString, _ explanation: Explanation
) throws(Failure) {
  guard let pointer = unsafe pointer else {
    throw explanation.failure(LEAT_E_ARGUMENT, "\(name) is NULL")
  }
  guard UInt(bitPattern: pointer) % UInt(alignment) == 0 else {
    throw explanation.failure(
      LEAT_E_ARGUMENT, "\(name) is misaligned, expected \(alignment) bytes")
  }
}
