// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// A stream's name: 1 to `LEAT_NAME_MAX` bytes of UTF-8. It doesn't own the bytes.
struct StreamName {
  let bytes: ByteView

  /// A name that the caller gave. `argument` is what the header calls it.
  init(
    _ name: UnsafePointer<CChar>?, _ explanation: Explanation, _ argument: StaticString = "name"
  ) throws(Failure) {
    guard let name = unsafe name else {
      throw explanation.failure(LEAT_E_ARGUMENT, "\(argument) is NULL")
    }
    var count = 0
    while unsafe name[count] != 0 {
      count += 1
      if count > Int(LEAT_NAME_MAX) {
        throw explanation.failure(
          LEAT_E_ARGUMENT,
          "\(argument): found more than \(LEAT_NAME_MAX) bytes, expected 1 to \(LEAT_NAME_MAX)")
      }
    }
    if count == 0 {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "\(argument): found 0 bytes, expected 1 to \(LEAT_NAME_MAX)")
    }
    bytes = unsafe ByteView(UnsafeRawPointer(name), count: count)
    if !bytes.isUTF8 {
      throw explanation.failure(LEAT_E_ARGUMENT, "\(argument) is not valid UTF-8")
    }
  }

  /// A name in the database; nil when no caller could have given it.
  init?(stored bytes: ByteView) {
    guard bytes.count >= 1, bytes.count <= Int(LEAT_NAME_MAX), bytes.isUTF8 else { return nil }
    for offset in 0..<bytes.count where bytes.byte(at: offset) == 0 { return nil }
    self.bytes = bytes
  }
}

extension StreamName {
  /// A CRC of the bytes alone.
  func tag(_ emptyCRC: CRC32C) -> UInt32 {
    var crc = emptyCRC
    unsafe bytes.withBytes { unsafe crc.update($0) }
    return crc.value
  }
}

extension CRC32C {
  /// Takes in the name's length and bytes.
  mutating func update(_ name: StreamName) {
    update(UInt64(name.bytes.count))
    unsafe name.bytes.withBytes { unsafe update($0) }
  }
}

extension Message.Interpolation {
  mutating func appendInterpolation(_ name: StreamName) {
    appendLiteral("'")
    appendInterpolation(foreign: name.bytes)
    appendLiteral("'")
  }
}
