// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// `leat_prune_options`, checked.
struct PruneOptions {
  /// What was saved before this goes. Nothing was before `Int64.min`.
  let savedBefore: Int64
  /// The most checkpoints of a stream that stay.
  let generations: Int
  let dropsStreams: Bool

  init(_ options: UnsafePointer<leat_prune_options>?) throws(Failure) {
    guard let pointer = unsafe options else { throw Failure(LEAT_E_ARGUMENT, "options is NULL") }
    try unsafe checkPointer(pointer, "options")
    let options = unsafe pointer.pointee
    if options.flags & ~LEAT_PRUNE_STREAMS != 0 {
      throw Failure(
        LEAT_E_ARGUMENT,
        "options->flags is \(options.flags), and only LEAT_PRUNE_STREAMS, 1, is known")
    }
    if options.saved_before_ms < 0 {
      throw Failure(
        LEAT_E_ARGUMENT,
        "options->saved_before_ms is \(options.saved_before_ms), and 0 is the least")
    }
    if options.generations > UInt32(LEAT_GENERATION_MAX) {
      throw Failure(
        LEAT_E_ARGUMENT,
        "options->generations is \(options.generations), and \(LEAT_GENERATION_MAX) is the most")
    }
    let reserved = options.reserved
    if reserved.0 | reserved.1 | reserved.2 | reserved.3 != 0 {
      throw Failure(LEAT_E_ARGUMENT, "options->reserved is not 0")
    }
    dropsStreams = options.flags & LEAT_PRUNE_STREAMS != 0
    if dropsStreams && options.saved_before_ms == 0 {
      throw Failure(LEAT_E_ARGUMENT, "LEAT_PRUNE_STREAMS is given, and no saved_before_ms")
    }
    if options.saved_before_ms == 0 && options.generations == 0 {
      throw Failure(
        LEAT_E_ARGUMENT, "neither options->saved_before_ms nor options->generations is given")
    }
    savedBefore = options.saved_before_ms == 0 ? .min : options.saved_before_ms
    generations = options.generations == 0 ? Int(LEAT_GENERATION_MAX) : Int(options.generations)
  }
}
