// SPDX-License-Identifier: MIT

/// What has happened to a stream that a run steps: the newest events, oldest first.
public struct History: Equatable, Sendable {
  public struct Event: Equatable, Sendable {
    public enum Kind: UInt8, Sendable {
      case started, resumed
      /// Found by the resume after it: its time is that of the last thing that was written before.
      case killed
    }

    public let kind: Kind
    /// Samples taken in before it.
    public let position: UInt64
    /// Unix time in milliseconds.
    public let time: Int64
    /// Samples from one checkpoint to the next of the run that it begins; 0 by the clock.
    public let every: UInt64

    public init(_ kind: Kind, position: UInt64, time: Int64, every: UInt64 = 0) {
      (self.kind, self.position, self.time, self.every) = (kind, position, time, every)
    }
  }

  /// The most events that are kept.
  public static let capacity = 256

  public private(set) var events: [Event] = []

  public init() {}

  public mutating func add(_ event: Event) {
    events.append(event)
    if events.count > Self.capacity { events.removeFirst() }
  }
}
