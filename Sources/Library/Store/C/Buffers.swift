// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

// A size_t beyond Int.max is negative in Swift.

/// The caller's cursor. One that is too large fails with `code`. An offer comes here each time, so
/// what builds failures is not inlined.
@inline(__always)
func cursorView(
  _ cursor: UnsafeRawPointer?, _ size: Int, most: Int, else code: Int32,
  _ explanation: Explanation
) throws(Failure) -> ByteView {
  if size < 0 || size > most { throw cursorTooLarge(size, most, code, explanation) }
  if let cursor = unsafe cursor { return unsafe ByteView(cursor, count: size) }
  if size != 0 { throw noCursor(size, explanation) }
  return .empty
}

@inline(never)
private func cursorTooLarge(
  _ size: Int, _ most: Int, _ code: Int32, _ explanation: Explanation
) -> Failure {
  explanation.failure(
    code, "cursor_size: found \(UInt(bitPattern: size)), expected at most \(most)")
}

@inline(never)
private func noCursor(_ size: Int, _ explanation: Explanation) -> Failure {
  explanation.failure(LEAT_E_ARGUMENT, "cursor is NULL, and cursor_size \(size)")
}

/// The caller's buffer, of which at most `most` bytes are used; nil when the caller wants nothing.
func bufferView(
  _ buffer: UnsafeMutableRawPointer?, _ capacity: Int, most: Int, _ argument: StaticString,
  _ explanation: Explanation
) throws(Failure) -> UnsafeMutableRawBufferPointer? {
  guard let buffer = unsafe buffer else {
    if capacity == 0 { return nil }
    throw explanation.failure(
      LEAT_E_ARGUMENT,
      "\(argument) is NULL, and \(argument)_capacity \(UInt(bitPattern: capacity))")
  }
  let count = capacity < 0 ? most : min(capacity, most)
  return unsafe UnsafeMutableRawBufferPointer(start: buffer, count: count)
}
