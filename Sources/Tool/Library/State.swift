// SPDX-License-Identifier: MIT

import CLeat

/// A state's bytes, which `leat_state_info` has checked.
struct State {
  let bytes: [UInt8]
  let info: leat_state_info_t

  init(_ bytes: [UInt8]) throws {
    var info = leat_state_info_t()
    try unsafe LibraryError.check { error in
      unsafe leat_state_info(bytes, bytes.count, &info, error)
    }
    (self.bytes, self.info) = (bytes, info)
  }

  /// SHA-256 of the model it belongs to, in hexadecimal digits.
  var fingerprint: String {
    unsafe withUnsafeBytes(of: info.fingerprint) { bytes in unsafe Figures.hexadecimal(bytes) }
  }
}
