// SPDX-License-Identifier: MIT

internal import CLeatStore

/// A thread that writes checkpoints, so that no stream waits for the disk.
///
/// Each stream has a slot of memory. After a step the program offers the stream; the offer copies it
/// into its slot and never waits. The thread commits what it finds in the slots, all in one
/// transaction, and begins again. What ``durablePosition(of:)`` returns, and all that was offered
/// before a ``flush()`` that returned, survives a loss of power.
///
/// Any thread may use it. In C it is `leat_autosave`.
@safe public final class Autosave: @unchecked Sendable {
  /// A stream's place.
  public struct Slot: Hashable, Sendable {
    let number: UInt32
  }

  /// What is special about an offer.
  public struct OfferOptions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Take it, though it isn't due.
    public static let now = OfferOptions(rawValue: LEAT_OFFER_NOW)
    /// The position may be lower than the newest checkpoint's; those beyond it are deleted.
    public static let rewind = OfferOptions(rawValue: LEAT_OFFER_REWIND)
  }

  /// nil once it has stopped: the library refuses that with a message.
  var handle: OpaquePointer?
  /// The thread uses both until it ends.
  private let store: Store
  let models: [Model]

  /// Starts the thread. Until ``stop(abandons:)`` the store is the thread's: load streams before.
  ///
  /// - Parameters:
  ///   - store: not inside a transaction, and not read-only
  ///   - models: of all streams that will be offered
  ///   - streams: the most that will be added at one time, 1 to 1,048,576
  ///   - cursorSize: bytes of the largest cursor
  ///   - samples: an offer takes a stream when it has gone on by so many samples since the last it
  ///     took
  ///   - milliseconds: from one commit to the next
  /// - Throws: `.argument`, `.memory`, `.readOnly`, `.io`, `.unsupported`
  public init(
    to store: Store, models: [Model], streams: Int, cursorSize: Int = 0,
    everySamples samples: Int = 1, everyMilliseconds milliseconds: Int = 100
  ) throws(LeatError) {
    var options = leat_autosave_options()
    options.stream_size = Int(models.map(\.streamSize).max() ?? 0)
    options.streams = try Autosave.number(streams, "streams")
    options.cursor_size = try Autosave.number(cursorSize, "cursor size", from: 0)
    options.every_samples = try Autosave.number(samples, "samples")
    options.every_ms = try Autosave.number(milliseconds, "milliseconds")
    var autosave: OpaquePointer?
    try unsafe check { error in
      unsafe leat_autosave_start(store.handle, &options, &autosave, error)
    }
    unsafe handle = autosave
    (self.store, self.models) = (store, models)
  }

  /// Stops the thread once all is written, or gives up what can't be.
  deinit {
    guard let handle = unsafe handle else { return }
    if unsafe leat_autosave_stop(handle, 0, nil) < 0 {
      _ = unsafe leat_autosave_stop(handle, LEAT_AUTOSAVE_ABANDON, nil)
    }
  }

  private static func number(
    _ number: Int, _ what: StaticString, from least: Int = 1
  ) throws(LeatError) -> UInt32 {
    guard number >= least, let result = UInt32(exactly: number) else {
      throw LeatError(
        .argument, "\(what): found \(number), expected \(least) to \(UInt32.max)")
    }
    return result
  }
}
