// SPDX-License-Identifier: MIT

/// Makes an x axis of a column of times. An axis can't go back: a sample whose time is earlier than
/// one before it, or is beyond any calendar, is drawn at the latest time so far. When that is true of
/// many samples, the times aren't usable.
struct PlotTimes {
  private var count: UInt64 = 0
  private var earlier: UInt64 = 0
  private var repeated: UInt64 = 0
  private var impossible: UInt64 = 0
  /// How many samples in a row had the x of the sample before, now and at most.
  private var stalled: UInt64 = 0
  private var longestStall: UInt64 = 0
  private var moves = false
  private var isRecording: Bool?
  private(set) var latest = -Double.infinity

  /// The x of a sample with this time.
  mutating func x(_ time: Double) -> Double {
    count += 1
    // Small numbers are seconds since the beginning of a recording, not dates.
    if isRecording == nil { isRecording = time.magnitude < 1e8 }
    if time.magnitude < 1e13, time > latest {
      moves = moves || latest.isFinite
      (latest, stalled) = (time, 0)
      return latest
    }
    if time == latest {
      repeated += 1
    } else if time.magnitude < 1e13 {
      earlier += 1
    } else {
      impossible += 1
    }
    stalled += 1
    longestStall = max(longestStall, stalled)
    return latest
  }

  /// Whether they are dates rather than seconds since the beginning of a recording.
  var areDates: Bool { isRecording == false }

  /// Whether nearly every sample has its own time as x. Otherwise many samples would be drawn at one
  /// x, and the sample's number is the better axis.
  var areUsable: Bool {
    guard count > 1 else { return latest.isFinite }
    let few = count / 20
    return moves && earlier + impossible <= few && longestStall <= max(1, few)
  }

  /// What is wrong with the times; nil when each is later than the one before.
  var problem: String? {
    let parts = [
      (earlier, "is earlier than one before it", "are earlier than one before them"),
      (repeated, "is the same as the one before", "are the same as the one before"),
      (impossible, "is beyond any calendar", "are beyond any calendar"),
    ].filter { $0.0 > 0 }.map { "\(Figures.grouped($0.0)) \($0.0 == 1 ? $0.1 : $0.2)" }
    guard !parts.isEmpty else { return nil }
    return "of \(Figures.grouped(count)) times \(parts.joined(separator: ", "))"
  }
}
