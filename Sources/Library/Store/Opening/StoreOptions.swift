// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// `leat_store_options`, checked and with its defaults filled in.
struct StoreOptions {
  private(set) var isReadOnly = false
  private(set) var creates = true
  private(set) var takesOver = false
  private(set) var generations: Int64 = 3
  private(set) var busyTimeout: Int32 = 5000

  init(_ options: UnsafePointer<leat_store_options>?, allowed: UInt32) throws(Failure) {
    guard let pointer = unsafe options else { return }
    try unsafe checkPointer(pointer, "options")
    let options = unsafe pointer.pointee
    if options.flags & ~allowed != 0 {
      throw Failure(
        LEAT_E_ARGUMENT,
        "options->flags is \(options.flags), and only flags out of \(allowed) are known here")
    }
    isReadOnly = options.flags & LEAT_STORE_READ_ONLY != 0
    creates = !isReadOnly && options.flags & LEAT_STORE_NO_CREATE == 0
    takesOver = options.flags & LEAT_STORE_TAKE_OVER != 0
    if isReadOnly && takesOver {
      throw Failure(LEAT_E_ARGUMENT, "options->flags has both READ_ONLY and TAKE_OVER")
    }
    if options.generations > UInt32(LEAT_GENERATION_MAX) {
      throw Failure(
        LEAT_E_ARGUMENT,
        "options->generations is \(options.generations), and \(LEAT_GENERATION_MAX) is the most")
    }
    if options.generations != 0 { generations = Int64(options.generations) }
    switch options.busy_timeout_ms {
    case 0: break
    case .max: busyTimeout = 0
    default: busyTimeout = Int32(clamping: options.busy_timeout_ms)
    }
    let reserved = options.reserved
    if reserved.0 | reserved.1 | reserved.2 | reserved.3 | reserved.4 != 0 {
      throw Failure(LEAT_E_ARGUMENT, "options->reserved is not 0")
    }
  }
}
