// SPDX-License-Identifier: MIT

import LeatPlot
import LeatSamples

/// Where on the picture the stream was saved, killed and resumed: positions become places as their
/// samples are seen.
struct PlotEvents {
  private let history: History
  private var places: [UInt64: Double] = [:]
  /// Positions whose place isn't known yet, the next one last.
  private var wanted: [UInt64]
  private(set) var checkpoints = Checkpoints()
  /// Of earlier runs, the next one last.
  private var earlier: [Saves]

  /// Positions of the checkpoints of a run that is over. Of one that saved by the clock only the
  /// last is known, by the resume from it.
  private struct Saves {
    var next: UInt64
    let every: UInt64
    let last: UInt64

    init?(from begin: History.Event, to end: UInt64) {
      guard end > begin.position else { return nil }
      (every, last) = (begin.every, end)
      next = every > 0 ? min(end, begin.position &+ every) : end
      if next < begin.position { next = end }
    }

    /// - Returns: whether there is another one
    mutating func advance() -> Bool {
      guard next < last else { return false }
      next = every < last - next ? next + every : last
      return true
    }
  }

  /// - Parameter position: of this run's first sample
  init(_ history: History, position: UInt64) {
    self.history = history
    let begins = history.events.filter { $0.kind != .killed }
    earlier = zip(begins, begins.dropFirst()).compactMap { begin, next in
      Saves(from: begin, to: next.position)
    }.reversed()
    wanted = Set(
      history.events.map { $0.kind == .killed ? max(1, $0.position) - 1 : $0.position }
    ).sorted(by: >)
  }

  /// - Parameters:
  ///   - position: of a sample; each is greater than the one before
  ///   - x: where it's drawn
  mutating func see(position: UInt64, x: Double) {
    while let next = wanted.last, next <= position {
      if next == position { places[next] = x }
      wanted.removeLast()
    }
    while var saves = earlier.last, saves.next <= position + 1 {
      if saves.next == position + 1 { checkpoints.append(x) }
      let isMore = saves.advance()
      earlier.removeLast()
      if isMore { earlier.append(saves) }
    }
  }

  /// A checkpoint behind the sample that was seen last.
  mutating func save(x: Double) { checkpoints.append(x) }

  /// What lies behind the last sample is drawn there: a run was killed that had got further.
  mutating func end(x: Double) {
    guard x.isFinite else { return }
    for position in wanted { places[position] = x }
    wanted = []
  }

  var marks: [Chart.Mark] {
    history.events.compactMap { event in
      switch event.kind {
      case .started: return nil
      case .resumed:
        return places[event.position].map {
          Chart.Mark(.resume, at: $0, note: "went on at sample \(event.position)")
        }
      case .killed:
        return places[max(1, event.position) - 1].map {
          Chart.Mark(.kill, at: $0, note: "had taken in \(event.position) samples")
        }
      }
    }
  }

  /// From the checkpoint that was resumed to where the run before it was killed.
  var replayed: [ClosedRange<Double>] {
    zip(history.events, history.events.dropFirst()).compactMap { kill, resume in
      guard kill.kind == .killed, resume.kind == .resumed, kill.position > resume.position,
        let begin = places[resume.position], let end = places[kill.position - 1], begin <= end
      else { return nil }
      return begin...end
    }
  }
}
