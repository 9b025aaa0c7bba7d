// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// `leat_store_options`, checked and with the defaults filled in.
struct StoreOptions {
  private(set) var isReadOnly = false
  private(set) var creates = true
  private(set) var takesOver = false
  private(set) var generations: Int64 = 3
  private(set) var busyTimeout: Int32 = 5000

  /// `allowed` are the flags that the call knows, as `known` names them.
  init(
    _ options: UnsafePointer<leat_store_options>?, allowed: UInt32, _ known: StaticString,
    _ explanation: Explanation
  ) throws(Failure) {
    guard let pointer = unsafe options else { return }
    try unsafe checkPointer(pointer, "options", explanation)
    let options = unsafe pointer.pointee
    try requireFlags(options.flags, of: allowed, "options->flags", known, explanation)
    isReadOnly = options.flags & LEAT_STORE_READ_ONLY != 0
    creates = !isReadOnly && options.flags & LEAT_STORE_NO_CREATE == 0
    takesOver = options.flags & LEAT_STORE_TAKE_OVER != 0
    if isReadOnly && takesOver {
      throw explanation.failure(LEAT_E_ARGUMENT, "options->flags has both READ_ONLY and TAKE_OVER")
    }
    try requireAtMost(
      options.generations, UInt32(LEAT_GENERATION_MAX), "options->generations", explanation)
    if options.generations != 0 { generations = Int64(options.generations) }
    switch options.busy_timeout_ms {
    case 0: break
    case .max: busyTimeout = 0
    default: busyTimeout = Int32(clamping: options.busy_timeout_ms)
    }
    let reserved = options.reserved
    try requireZero(reserved.0 | reserved.1 | reserved.2 | reserved.3 | reserved.4, explanation)
  }
}
