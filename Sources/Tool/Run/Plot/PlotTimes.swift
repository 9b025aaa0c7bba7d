// SPDX-License-Identifier: MIT

/// What a column of times is worth as an x axis, on which nothing goes back: a sample whose time is
/// earlier than one before it is drawn at the latest time so far, and so is one whose time is beyond
/// any calendar.
struct PlotTimes {
  private var count: UInt64 = 0
  private var earlier: UInt64 = 0
  private var repeated: UInt64 = 0
  private var impossible: UInt64 = 0
  /// How many samples in a row were drawn at one place after the first there, and the most of that.
  private var stalled: UInt64 = 0
  private var longestStall: UInt64 = 0
  private var moves = false
  private var isRecording: Bool?
  private(set) var latest = -Double.infinity

  /// Where a sample of that time is drawn.
  mutating func place(_ time: Double) -> Double {
    count += 1
    // Times since the beginning of a recording are no dates.
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

  /// Whether a picture over them shows every sample near its time: else many would share a place, and
  /// a sample's number says more.
  var areUsable: Bool {
    guard count > 1 else { return latest.isFinite }
    let few = count / 20
    return moves && earlier + impossible <= few && longestStall <= max(1, few)
  }

  /// What is to be told of them, before what was made of it; nil when each is later than the one
  /// before.
  var complaint: String? {
    let parts = [
      (earlier, "is earlier than one before it", "are earlier than one before them"),
      (repeated, "is the same as the one before", "are the same as the one before"),
      (impossible, "is beyond any calendar", "are beyond any calendar"),
    ].filter { $0.0 > 0 }.map { "\(Figures.grouped($0.0)) \($0.0 == 1 ? $0.1 : $0.2)" }
    guard !parts.isEmpty else { return nil }
    return "of \(Figures.grouped(count)) times \(parts.joined(separator: ", "))"
  }
}
