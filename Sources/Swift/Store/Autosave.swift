// SPDX-License-Identifier: MIT

internal import CLeatStore

/// A thread that writes checkpoints, so that no stream waits for the disk.
///
/// Each stream has a slot of memory. After a step the program offers the stream; the offer copies it
/// into its slot and never waits. The thread commits what it finds in the slots, all in one
/// transaction, and begins again. Two things survive a loss of power: the position that
/// ``durablePosition(of:)`` returns, and everything offered before a ``flush()`` that succeeded.
///
/// Any thread may call it, but only one thread at a time offers to a slot or removes it, and none
/// may use it during ``stop(abandons:)``. In C it is `leat_autosave`.
@safe public final class Autosave: @unchecked Sendable {
  /// The number of a stream's slot.
  public struct Slot: Hashable, Sendable {
    let number: UInt32
  }

  /// Options of an offer.
  public struct OfferOptions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Take it, though it isn't due.
    public static let now = OfferOptions(rawValue: LEAT_OFFER_NOW)
    /// The position may be lower than the newest checkpoint's; checkpoints at
    /// later positions are deleted.
    public static let rewind = OfferOptions(rawValue: LEAT_OFFER_REWIND)
  }

  /// nil after `stop`: the library then refuses the call.
  var handle: OpaquePointer?
  /// Kept alive until the thread ends.
  private let store: Store
  let models: [Model]

  /// Starts the thread. Until ``stop(abandons:)`` the store is the thread's: load streams first.
  ///
  /// - Parameters:
  ///   - store: not inside a transaction, and not read-only
  ///   - models: of all streams that will be offered
  ///   - windows: of all windowed streams that will be offered
  ///   - streams: the most that will be added at one time, 1 to 1,048,576
  ///   - cursorSize: bytes of the largest cursor, at most 65,536
  ///   - samples: an offer copies a stream only if it has advanced by this many samples since its
  ///     last copy
  ///   - milliseconds: from one commit to the next
  /// - Throws: `.argument`, `.memory`, `.readOnly`, `.io`, `.unsupported`
  public init(
    to store: Store, models: [Model], windows: [Windows] = [], streams: Int, cursorSize: Int = 0,
    everySamples samples: Int = 1, everyMilliseconds milliseconds: Int = 100
  ) throws(LeatError) {
    var options = leat_autosave_options()
    for model in models {
      options.stream_size = max(options.stream_size, Int(clamping: model.streamSize))
      for windows in windows {
        options.stream_size = max(options.stream_size, try windows.streamSize(of: model))
      }
    }
    options.streams = try Autosave.checked(
      streams, "streams", 1...Int64(LEAT_AUTOSAVE_STREAM_MAX))
    options.cursor_size = try Autosave.checked(
      cursorSize, "cursor size", 0...Int64(LEAT_CURSOR_MAX))
    options.every_samples = try Autosave.checked(samples, "samples", 1...Int64(UInt32.max))
    options.every_ms = try Autosave.checked(
      milliseconds, "milliseconds", 1...Int64(UInt32.max))
    var autosave: OpaquePointer?
    try unsafe check { error in
      unsafe leat_autosave_start(store.handle, &options, &autosave, error)
    }
    unsafe handle = autosave
    (self.store, self.models) = (store, models)
  }

  /// Stops the thread once all is written, or gives up what can't be written.
  deinit {
    guard let handle = unsafe handle else { return }
    if unsafe leat_autosave_stop(handle, 0, nil) < 0 {
      _ = unsafe leat_autosave_stop(handle, LEAT_AUTOSAVE_ABANDON, nil)
    }
  }

  // A range of 64 bits: on 32 bits Int doesn't hold the largest UInt32.
  private static func checked(
    _ number: Int, _ what: StaticString, _ range: ClosedRange<Int64>
  ) throws(LeatError) -> UInt32 {
    if !range.contains(Int64(number)) {
      throw LeatError(
        .argument,
        "\(what): found \(number), expected \(range.lowerBound) to \(range.upperBound)")
    }
    return UInt32(number)
  }
}
