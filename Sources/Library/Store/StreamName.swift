// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// A stream's name as the caller gave it: 1 to `LEAT_NAME_MAX` bytes of UTF-8.
struct StreamName {
  let bytes: ByteView

  /// `argument` is what the header calls it.
  init(_ name: UnsafePointer<CChar>?, _ argument: StaticString = "name") throws(Failure) {
    guard let name = unsafe name else { throw Failure(LEAT_E_ARGUMENT, "\(argument) is NULL") }
    var count = 0
    while unsafe name[count] != 0 {
      count += 1
      if count > Int(LEAT_NAME_MAX) {
        throw Failure(LEAT_E_ARGUMENT, "\(argument) is longer than \(LEAT_NAME_MAX) bytes")
      }
    }
    if count == 0 { throw Failure(LEAT_E_ARGUMENT, "\(argument) is empty") }
    bytes = unsafe ByteView(UnsafeRawPointer(name), count: count)
    if !bytes.isUTF8 { throw Failure(LEAT_E_ARGUMENT, "\(argument) is not valid UTF-8") }
  }
}
