// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// What a state says of itself. Its checksum is correct.
struct StateInfo {
  let position: UInt64
  let fingerprint: Fingerprint

  /// nil when the bytes are not a state as it was written.
  init?(_ state: ByteView) throws(Failure) {
    do throws(Failure) {
      self = try StateInfo(checking: state)
    } catch let failure {
      if failure.code == LEAT_E_CORRUPT { return nil }
      throw failure
    }
  }

  init(checking state: ByteView) throws(Failure) {
    var info = leat_state_info_t()
    var error = leat_error()
    let result = unsafe state.withBytes { bytes in
      unsafe leat_state_info(bytes.baseAddress, bytes.count, &info, &error)
    }
    if result != LEAT_OK { throw Failure(error) }
    position = info.position
    fingerprint = unsafe withUnsafeBytes(of: &info.fingerprint) { unsafe Fingerprint(copying: $0) }
  }
}
