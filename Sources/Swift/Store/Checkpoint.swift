// SPDX-License-Identifier: MIT

internal import CLeatStore

/// What was loaded from a store.
public struct Checkpoint: Hashable, Sendable {
  /// 1, 2, ... of this stream.
  public let generation: UInt64
  /// How many samples the stream had taken in.
  public let position: UInt64
  /// Unix time in milliseconds.
  public let savedAt: Int64
  /// The program's own bytes.
  public let cursor: [UInt8]
  /// Bytes of the state.
  public let stateSize: UInt64
  /// Whether this may not be the newest: newer checkpoints were corrupt or missing, or the store is
  /// behind.
  public let isFallback: Bool
  /// How many newer ones were passed over; at least 1 when this one isn't known to be the newest.
  public let corruptGenerations: Int
  /// Whether the store as a whole is older than what it acknowledged.
  public let isStoreBehind: Bool
  /// By how many samples the lost checkpoints were ahead of this one, if their rows tell; else 0.
  public let lostSamples: UInt64

  init(_ checkpoint: leat_checkpoint, cursor: [UInt8], code: Int32) {
    generation = checkpoint.generation
    position = checkpoint.position
    savedAt = checkpoint.saved_at_ms
    self.cursor = cursor
    stateSize = checkpoint.state_size
    isFallback = code == LEAT_FALLBACK
    corruptGenerations = Int(checkpoint.corrupt_generations)
    isStoreBehind = checkpoint.store_is_behind != 0
    lostSamples = checkpoint.lost_samples
  }
}

/// How a checkpoint may replace those before it.
public struct SaveOptions: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The position may be lower than the newest checkpoint's; checkpoints at later
  /// positions are deleted.
  public static let rewind = SaveOptions(rawValue: LEAT_SAVE_REWIND)
  /// The stream's checkpoints may be another model's; they are deleted.
  public static let replace = SaveOptions(rawValue: LEAT_SAVE_REPLACE)
}
