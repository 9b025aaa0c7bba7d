// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// How many streams a run with keys may have. It bounds the memory, and finds a column that has
/// another value in each row.
struct StreamLimit {
  /// The most streams when the user doesn't say.
  static let usual = 10_000
  /// The most streams that a user may allow: a group in a store has at most 1,048,576 members, and
  /// one of them has no key.
  static let highest = 1_048_575

  private let options: RunOptions
  private let model: Model

  init(_ options: RunOptions, _ model: Model) { (self.options, self.model) = (options, model) }

  /// An empty table for as many keys.
  var keys: KeyTable {
    let prefix = options.store == nil ? 0 : (options.stream ?? "").utf8.count + 1
    let longest = max(0, Store.maximumNameLength - prefix)
    let most = options.mostStreams ?? Self.usual
    guard let room, room < most else {
      return KeyTable(
        most: most, longest: longest,
        remedy: "--max-streams allows; leat info MODEL --streams N tells the memory of more. "
          + "Is it the right column?")
    }
    return KeyTable(
      most: room, longest: longest,
      remedy: "a checkpoint has room for, with the \(rememberedOfEach) of each")
  }

  /// The most bytes of a checkpoint that have the last times and values of the streams.
  var remembered: Int { sizeOfOne > 0 ? RunCursor.roomForStreams : 0 }

  /// How many streams' last times and values fit into them; nil when any number does.
  private var room: Int? {
    options.store == nil || sizeOfOne == 0 ? nil : RunCursor.roomForStreams / sizeOfOne
  }

  private var sizeOfOne: Int {
    (remembersTimes ? 8 : 0) + (options.rules.holds ? 4 * model.inputSize : 0)
  }

  private var remembersTimes: Bool { options.gaps != nil || options.onRepeat != nil }

  private var rememberedOfEach: String {
    options.rules.holds
      ? remembersTimes ? "last time and the last values" : "last values" : "last time"
  }
}
