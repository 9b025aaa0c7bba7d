// SPDX-License-Identifier: MIT

import LeatKernel

/// Marks streams as those of a batch, or removes the marks. They were checked, and may be windowed:
/// their blocks begin like others.
func mark(_ streams: UnsafePointer<OpaquePointer?>, _ count: Int, isInBatch: Bool) {
  for index in 0..<count {
    // Safe: a checked pointer isn't nil.
    let block = unsafe UnsafeMutableRawPointer(streams[index].unsafelyUnwrapped)
    unsafe StreamHandle(block).header.isInBatch = isInBatch
  }
}
