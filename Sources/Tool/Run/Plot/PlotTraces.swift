// SPDX-License-Identifier: MIT

import LeatPlot

/// Some of a row's values, each with its trace.
struct PlotTraces {
  private let names: [String]
  /// Where in a row they stand.
  private let places: [Int]
  private var envelopes: [Envelope]

  /// Those of nothing.
  init() { (names, places, envelopes) = ([], [], []) }

  /// - Parameters:
  ///   - all: names of all of a row's values
  ///   - drawn: those that are drawn, among others
  init(of all: [String], drawn: [String], capacity: Int) {
    places = all.indices.filter { drawn.contains(all[$0]) }
    names = places.map { all[$0] }
    envelopes = places.map { _ in Envelope(capacity: capacity) }
  }

  /// - Parameter row: has as many values as there were names
  mutating func append(_ row: UnsafePointer<Float>, at x: Double) {
    for index in envelopes.indices {
      envelopes[index].append(unsafe row[places[index]], at: x)
    }
  }

  var traces: [Chart.Trace] { zip(names, envelopes).map(Chart.Trace.init) }
}
