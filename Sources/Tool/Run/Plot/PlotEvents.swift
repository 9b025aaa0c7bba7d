// SPDX-License-Identifier: MIT

import LeatPlot
import LeatSamples

/// Where on the x axis the stream was saved, killed and resumed. The history has positions; they get
/// their x as their samples are added.
struct PlotEvents {
  private let history: History
  private var xs: [UInt64: Double] = [:]
  /// Positions that have no x yet, the next one last.
  private var pending: [UInt64]
  private(set) var checkpoints = CheckpointMarks()
  /// The checkpoints of earlier runs, the next run last.
  private var earlier: [Saves]

  /// Positions of the checkpoints of an earlier run. If the run saved once a second, only the last
  /// is known: the next run resumed from it.
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
    pending = Set(
      history.events.map { $0.kind == .killed ? max(1, $0.position) - 1 : $0.position }
    ).sorted(by: >)
  }

  /// - Parameters:
  ///   - position: of a sample, greater than the one before
  ///   - x: where it is drawn
  mutating func addSample(position: UInt64, x: Double) {
    while let next = pending.last, next <= position {
      if next == position { xs[next] = x }
      pending.removeLast()
    }
    while var saves = earlier.last, saves.next <= position + 1 {
      if saves.next == position + 1 { checkpoints.append(x) }
      let isMore = saves.advance()
      earlier.removeLast()
      if isMore { earlier.append(saves) }
    }
  }

  /// Adds a checkpoint after the last sample.
  mutating func addCheckpoint(x: Double) { checkpoints.append(x) }

  /// Positions after the last sample are drawn at it: a killed run had got further than this one.
  mutating func end(x: Double) {
    guard x.isFinite else { return }
    for position in pending { xs[position] = x }
    pending = []
  }

  var marks: [Chart.Mark] {
    history.events.compactMap { event in
      switch event.kind {
      case .started: return nil
      case .resumed:
        return xs[event.position].map {
          Chart.Mark(.resume, at: $0, note: "resumed at sample \(event.position)")
        }
      case .killed:
        return xs[max(1, event.position) - 1].map {
          Chart.Mark(.kill, at: $0, note: "had stepped \(event.position) samples")
        }
      }
    }
  }

  /// From each checkpoint that was resumed to where the run before was killed.
  var replayed: [ClosedRange<Double>] {
    zip(history.events, history.events.dropFirst()).compactMap { kill, resume in
      guard kill.kind == .killed, resume.kind == .resumed, kill.position > resume.position,
        let begin = xs[resume.position], let end = xs[kill.position - 1], begin <= end
      else { return nil }
      return begin...end
    }
  }
}
