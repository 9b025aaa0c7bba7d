// SPDX-License-Identifier: MIT

/// What has happened to a stream: the newest events, oldest first.
public struct History: Equatable, Sendable {
  public struct Event: Equatable, Sendable {
    public enum Kind: UInt8, Sendable {
      case started, resumed
      /// Found by the next resume: its time is that of the last write before the kill.
      case killed
    }

    public let kind: Kind
    /// Samples that the stream had taken in.
    public let position: UInt64
    /// Unix time in milliseconds.
    public let time: Int64
    /// Samples between checkpoints in the run that begins with this event; 0 for checkpoints by the
    /// clock.
    public let every: UInt64

    public init(_ kind: Kind, position: UInt64, time: Int64, every: UInt64 = 0) {
      (self.kind, self.position, self.time, self.every) = (kind, position, time, every)
    }
  }

  public static let capacity = 256

  public private(set) var events: [Event] = []

  public init() {}

  public mutating func add(_ event: Event) {
    events.append(event)
    if events.count > Self.capacity { events.removeFirst() }
  }
}
