// SPDX-License-Identifier: MIT

import CLeat
import CLeatStore
import LeatSupport

/// `leat_prune_options`, checked.
struct PruneOptions {
  /// Checkpoints saved before this are deleted. `Int64.min` if the age doesn't matter.
  let savedBefore: Int64
  /// The greatest number of a stream's checkpoints to keep.
  let generations: Int
  let dropsStreams: Bool

  init(
    _ options: UnsafePointer<leat_prune_options>?, _ explanation: Explanation
  ) throws(Failure) {
    guard let pointer = unsafe options else {
      throw explanation.failure(LEAT_E_ARGUMENT, "options is NULL")
    }
    try unsafe checkPointer(pointer, "options", explanation)
    let options = unsafe pointer.pointee
    try requireFlags(
      options.flags, of: LEAT_PRUNE_STREAMS, "options->flags", "LEAT_PRUNE_STREAMS, 1",
      explanation)
    if options.saved_before_ms < 0 {
      throw explanation.failure(
        LEAT_E_ARGUMENT,
        "options->saved_before_ms: found \(options.saved_before_ms), expected at least 0")
    }
    try requireAtMost(
      options.generations, UInt32(LEAT_GENERATION_MAX), "options->generations", explanation)
    let reserved = options.reserved
    try requireZero(reserved.0 | reserved.1 | reserved.2 | reserved.3, explanation)
    dropsStreams = options.flags & LEAT_PRUNE_STREAMS != 0
    if dropsStreams && options.saved_before_ms == 0 {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "LEAT_PRUNE_STREAMS is given, and no saved_before_ms")
    }
    if options.saved_before_ms == 0 && options.generations == 0 {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "neither options->saved_before_ms nor options->generations is given")
    }
    savedBefore = options.saved_before_ms == 0 ? .min : options.saved_before_ms
    generations = options.generations == 0 ? Int(LEAT_GENERATION_MAX) : Int(options.generations)
  }
}
