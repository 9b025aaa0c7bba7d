// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// `leat_autosave_options`, checked and with its defaults filled in.
struct AutosaveOptions {
  let streamSize: Int
  let streams: Int
  let cursorSize: Int
  let everySamples: UInt64
  let everyNanoseconds: Int64

  init(_ pointer: UnsafePointer<leat_autosave_options>?) throws(Failure) {
    try unsafe checkPointer(pointer, "options")
    guard let pointer = unsafe pointer else {
      throw Failure(LEAT_E_ARGUMENT, "options is NULL")
    }
    let options = unsafe pointer.pointee
    // size_t comes as Int: beyond Int.max it's negative.
    if options.stream_size <= 0 {
      throw Failure(
        LEAT_E_ARGUMENT,
        "options->stream_size is \(UInt(bitPattern: options.stream_size)), and leat_stream_size() is expected"
      )
    }
    if options.streams == 0 || options.streams > UInt32(LEAT_AUTOSAVE_STREAM_MAX) {
      throw Failure(
        LEAT_E_ARGUMENT,
        "options->streams is \(options.streams), expected 1 to \(LEAT_AUTOSAVE_STREAM_MAX)")
    }
    if options.cursor_size > UInt32(LEAT_CURSOR_MAX) {
      throw Failure(
        LEAT_E_ARGUMENT,
        "options->cursor_size is \(options.cursor_size), and \(LEAT_CURSOR_MAX) is the most")
    }
    let reserved = options.reserved
    if reserved.0 | reserved.1 | reserved.2 | reserved.3 != 0 {
      throw Failure(LEAT_E_ARGUMENT, "options->reserved is not 0")
    }
    streamSize = options.stream_size
    streams = Int(options.streams)
    cursorSize = Int(options.cursor_size)
    everySamples = UInt64(max(options.every_samples, 1))
    everyNanoseconds = (options.every_ms == 0 ? 100 : Int64(options.every_ms)) * 1_000_000
  }
}
