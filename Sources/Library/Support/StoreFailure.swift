// SPDX-License-Identifier: MIT
//
// What the store throws until it throws a `Failure`.

import CLeat

/// Why a call failed: one of the header's `LEAT_E_*`, and a line that explains it.
package struct StoreFailure: Error {
  package let code: Int32
  package let message: Message
  package var sqliteCode: Int32 = 0

  package init(_ code: Int32, _ message: Message) {
    self.code = code
    self.message = message
  }

  /// Fills the caller's `leat_error`, if there is one, and returns the code.
  package func report(to error: UnsafeMutablePointer<leat_error>?) -> Int32 {
    if let error = unsafe error {
      unsafe error.pointee.code = code
      unsafe error.pointee.sqlite_code = sqliteCode
      unsafe withUnsafeMutableBytes(of: &error.pointee.message) { text in
        // Safe: Message.capacity is one less than the array's size.
        for index in 0..<message.count { unsafe text[index] = message.byte(at: index) }
        unsafe text[message.count] = 0
      }
    }
    return code
  }
}

/// Runs the body of an exported function, and turns what it throws into the function's result.
@inline(__always)
package func reportStoreFailure(
  to error: UnsafeMutablePointer<leat_error>?, _ body: () throws(StoreFailure) -> Int32
) -> Int32 {
  do throws(StoreFailure) {
    return try body()
  } catch let failure {
    return unsafe failure.report(to: error)
  }
}

/// Checks a pointer to an object of the caller, or to an array.
package func checkStorePointer<Pointee>(
  _ pointer: UnsafePointer<Pointee>?, _ name: StaticString
) throws(StoreFailure) {
  guard let pointer = unsafe pointer else {
    throw StoreFailure(LEAT_E_ARGUMENT, "\(name) is NULL")
  }
  guard UInt(bitPattern: pointer) % UInt(MemoryLayout<Pointee>.alignment) == 0 else {
    throw StoreFailure(
      LEAT_E_ARGUMENT, "\(name) is misaligned, expected \(MemoryLayout<Pointee>.alignment) bytes")
  }
}

package func checkStorePointer<Pointee>(
  _ pointer: UnsafeMutablePointer<Pointee>?, _ name: StaticString
) throws(StoreFailure) {
  unsafe try checkStorePointer(UnsafePointer(pointer), name)
}
