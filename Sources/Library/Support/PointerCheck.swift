// SPDX-License-Identifier: MIT

import CLeat

/// Checks a pointer to an object of the caller, or to an array.
@inline(__always)
package func checkPointer<Pointee>(
  _ pointer: UnsafePointer<Pointee>?, _ name: StaticString, _ explanation: Explanation
) throws(Failure) {
  let alignment = MemoryLayout<Pointee>.alignment
  guard unsafe pointer != nil, UInt(bitPattern: pointer) % UInt(alignment) == 0 else {
    throw unsafe wrongPointer(pointer, alignment, name, explanation)
  }
}

@inline(__always)
package func checkPointer<Pointee>(
  _ pointer: UnsafeMutablePointer<Pointee>?, _ name: StaticString, _ explanation: Explanation
) throws(Failure) {
  unsafe try checkPointer(UnsafePointer(pointer), name, explanation)
}

/// Not generic: so there is one for all types.
@inline(never)
package func wrongPointer(
  _ pointer: UnsafeRawPointer?, _ alignment: Int, _ name: StaticString, _ explanation: Explanation
) -> Failure {
  unsafe pointer == nil
    ? explanation.failure(LEAT_E_ARGUMENT, "\(name) is NULL")
    : explanation.failure(
      LEAT_E_ARGUMENT, "\(name) is misaligned, expected \(alignment) bytes")
}
