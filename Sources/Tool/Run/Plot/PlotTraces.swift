// SPDX-License-Identifier: MIT

import LeatPlot

/// The traces of some of a row's values.
struct PlotTraces {
  private let names: [String]
  /// Their indices in a row.
  private let indices: [Int]
  private var envelopes: [Envelope]

  /// None.
  init() { (names, indices, envelopes) = ([], [], []) }

  /// - Parameters:
  ///   - all: names of all of a row's values
  ///   - drawn: names that are drawn; others among them are ignored
  init(of all: [String], drawn: [String], capacity: Int) {
    indices = all.indices.filter { drawn.contains(all[$0]) }
    names = indices.map { all[$0] }
    envelopes = indices.map { _ in Envelope(capacity: capacity) }
  }

  /// - Parameter row: has as many values as there were names
  mutating func append(_ row: UnsafePointer<Float>, at x: Double) {
    for index in envelopes.indices {
      envelopes[index].append(unsafe row[indices[index]], at: x)
    }
  }

  var traces: [Chart.Trace] { zip(names, envelopes).map(Chart.Trace.init) }
}
