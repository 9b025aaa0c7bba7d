// SPDX-License-Identifier: MIT

/// What a reader asks its caller about, beside malformed samples.
public struct SampleRules: Equatable, Sendable {
  /// The longest time from a row to the next, in seconds; nil for any.
  public var gap: Double?
  /// Whether a time that repeats or goes back is asked about.
  public var asksAboutRepeats = false
  /// Whether a bad value may be replaced by that of the sample before.
  public var holds = false

  public init() {}

  /// Times are Doubles, which are exact to the microsecond.
  private static let resolution = 1e-6

  func isGap(from last: Double, to time: Double) -> Bool {
    gap.map { (time - last).magnitude > $0 + Self.resolution } ?? false
  }

  /// A step back that is a gap is no repeat: after one wrong time in the future all others would be
  /// repeats.
  func isRepeat(of last: Double, _ time: Double) -> Bool {
    asksAboutRepeats && time <= last && !isGap(from: last, to: time)
  }
}

/// What is doubtful about a sample. The caller accepts it, skips it or ends the run.
public enum SampleDoubt: Sendable {
  /// Its time is far from the one before in its stream.
  case gap(stream: Int)
  /// Its time repeats or goes back, and not so far that it is a gap.
  case `repeat`
  /// A value is bad, and there is a sample before it whose value it could have.
  case badValue
}
