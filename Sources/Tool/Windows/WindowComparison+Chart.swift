// SPDX-License-Identifier: MIT

import LeatPlot

extension WindowComparison {
  /// The most outputs that are drawn, each in a panel of its own.
  private static var most: Int { 4 }

  /// Both outputs above each other, for each of the outputs that differ most, and below them the
  /// differences.
  func chart(_ title: String) -> Chart {
    let drawn = report.outputs.sorted { ($0.rmsInSpreads ?? 0) > ($1.rmsInSpreads ?? 0) }
      .prefix(Self.most).map(\.output).sorted()
    let capacity = Envelope.capacity(traces: 3 * drawn.count)
    var panels: [Chart.Panel] = []
    var differences: [Chart.Trace] = []
    for index in drawn {
      var with = Envelope(capacity: capacity)
      var (without, difference) = (with, with)
      for step in 0..<endless.count / outputSize {
        without.append(endless[step * outputSize + index], at: Double(step))
      }
      for (place, step) in steps.enumerated() {
        let value = windowed[place * outputSize + index]
        with.append(value, at: Double(step))
        difference.append(endless[step * outputSize + index] - value, at: Double(step))
      }
      panels.append(
        Chart.Panel(
          "Output \(index)",
          traces: [
            Chart.Trace("windows of \(windows.length)", with), Chart.Trace("endless", without),
          ]))
      differences.append(Chart.Trace("out\(index)", difference))
    }
    panels.append(Chart.Panel("Endless less windowed", traces: differences))
    return Chart(
      title, subtitle: "windows of \(windows.length) samples, hop \(windows.hop)", axis: .samples,
      panels: panels)
  }
}
