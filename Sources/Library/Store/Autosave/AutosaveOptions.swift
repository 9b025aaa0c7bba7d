// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// `leat_autosave_options`, checked and with the defaults filled in.
struct AutosaveOptions {
  let streamSize: Int
  let streams: Int
  let cursorSize: Int
  let everySamples: UInt64
  let everyNanoseconds: Int64

  init(
    _ pointer: UnsafePointer<leat_autosave_options>?, _ explanation: Explanation
  ) throws(Failure) {
    try unsafe checkPointer(pointer, "options", explanation)
    guard let pointer = unsafe pointer else {
      throw explanation.failure(LEAT_E_ARGUMENT, "options is NULL")
    }
    let options = unsafe pointer.pointee
    // A size_t beyond Int.max is negative here.
    if options.stream_size <= 0 {
      throw explanation.failure(
        LEAT_E_ARGUMENT,
        """
        options->stream_size: found \(UInt(bitPattern: options.stream_size)), expected \
        leat_stream_size() or leat_window_size()
        """)
    }
    let most = UInt32(LEAT_AUTOSAVE_STREAM_MAX)
    if options.streams == 0 || options.streams > most {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "options->streams: found \(options.streams), expected 1 to \(most)")
    }
    try requireAtMost(
      options.cursor_size, UInt32(LEAT_CURSOR_MAX), "options->cursor_size", explanation)
    let reserved = options.reserved
    try requireZero(reserved.0 | reserved.1 | reserved.2 | reserved.3, explanation)
    streamSize = options.stream_size
    streams = Int(options.streams)
    cursorSize = Int(options.cursor_size)
    everySamples = UInt64(max(options.every_samples, 1))
    everyNanoseconds = (options.every_ms == 0 ? 100 : Int64(options.every_ms)) * 1_000_000
  }
}
