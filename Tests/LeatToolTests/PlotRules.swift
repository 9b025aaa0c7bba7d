// SPDX-License-Identifier: MIT

import Testing

@testable import LeatPlot

#if canImport(Glibc)
  import Glibc
#else
  import Foundation
#endif

/// A page whose title tells whether the script's ticks and columns are those of Swift.
///
/// The script draws zoomed views without Swift, so both have the rules.
enum PlotRules {
  /// With Swift's ticks for many ranges, and its columns of one chart's traces.
  static func page() throws -> String {
    var random = SplitMix(state: 1)
    let ticks = (0..<6000).map { swiftTicks(of: $0 % 3, using: &random) }
    let columns = PlotCharts.samples().panels.flatMap(\.traces).flatMap { trace in
      [97.0, 905.5].map { swiftColumns(of: trace.envelope, to: $0) }
    }
    try #require(ticks.contains { $0.contains("Jan") } && columns.count == 6)
    return """
      <!doctype html>
      <title>nothing was compared</title>
      <script id="cases" type="application/json">
      {"ticks":\(JSON.array(ticks)),
      "timeSteps":\(JSON.array(TimeTicks.steps.map(\.json))),
      "chart":\(Drawing(PlotCharts.samples(), width: 960, height: nil).json),
      "columns":\(JSON.array(columns))}
      </script>
      <script>
      \(String(decoding: Chart.rules, as: UTF8.self))
      \(script)
      </script>

      """
  }

  private static let script = """
    const cases = JSON.parse(document.getElementById("cases").textContent), differing = [];
    for (const { rule, low, high, room, ticks } of cases.ticks) {
      const own = [numberTicks, positionTicks, timeTicks][rule](low, high, room, cases.timeSteps);
      const isSame = own.length === ticks.length && own.every((tick, index) => {
        const [value, label, context] = ticks[index];
        const tolerance = 1e-9 * (high - low) + 1e-15 * Math.abs(value);
        return Math.abs(tick.value - value) <= tolerance && tick.label === label
          && (tick.context || "") === context;
      });
      if (!isSame) differing.push(JSON.stringify({ rule, low, high, room, ticks, own }));
    }
    const chart = readChart(JSON.stringify(cases.chart));
    chart.panels.flatMap((panel) => panel.traces).forEach((trace, index) => {
      for (const { right, buckets } of cases.columns.slice(2 * index, 2 * index + 2)) {
        const x = (place) => (place - chart.low) / (chart.high - chart.low) * right;
        const own = columns(trace, x, chart.low, chart.high).map((each) => [each.count, each.missing,
          each.first, each.last, each.minimum, each.maximum, each.minimumAt, each.maximumAt]);
        // As JSON, in which NaN is null.
        if (JSON.stringify(own) !== JSON.stringify(buckets)) differing.push(`columns to ${right}`);
      }
    });
    document.title = differing.length ? `${differing.length} differ: ${differing[0]}` : "the same";
    """

  private static func swiftTicks(of rule: Int, using random: inout some RandomNumberGenerator)
    -> String
  {
    func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    func power(_ range: ClosedRange<Double>) -> Double { pow(10, number(range)) }
    let low: Double, high: Double, room: Double
    switch rule {
    case 0:
      room = number(1...12).rounded()
      // One in two needs steps that are a power of ten, but for rounding.
      let isRound = number(0...1) < 0.5
      low = isRound ? 0 : number(-1...1) * power(-30...30)
      high =
        isRound
        ? room * pow(10, number(-30...30).rounded())
        : low + max(power(-30...30), low.magnitude * 1e-9)
    case 1:
      low = power(0...9).rounded()
      high = low + power(0...9).rounded()
      room = number(1...12).rounded()
    default:
      low = number(0...1) < 0.5 ? number(0...2e9) : number(-7e10...2.6e11)
      high = low + power(-4...10)
      room = number(120...2000)
    }
    let range = low...high
    let ticks =
      rule == 0
      ? NumberTicks.over(range, count: Int(room))
      : rule == 1
        ? NumberTicks.positions(range, count: Int(room)) : TimeTicks.over(range, room: room)
    let texts = ticks.map {
      "[\($0.value),\(JSON.string($0.label)),\(JSON.string($0.context ?? ""))]"
    }
    return #"""
      {"rule":\#(rule),"low":\#(low),"high":\#(high),"room":\#(room),"ticks":\#(JSON.array(texts))}
      """#
  }

  private static func swiftColumns(of envelope: Envelope, to right: Double) -> String {
    let last = envelope.buckets.last?.last ?? 0
    let columns = envelope.columns(Scale(domain: 0...last, from: 0, to: right), width: 1)
    let buckets = columns.map { bucket in
      let numbers =
        [bucket.first, bucket.last, Double(bucket.minimum), Double(bucket.maximum)]
        + [bucket.minimumAt, bucket.maximumAt]
      let texts = numbers.map { $0.isNaN ? "null" : "\($0)" }
      return JSON.array(["\(bucket.count)", "\(bucket.missing)"] + texts)
    }
    return #"{"right":\#(right),"buckets":\#(JSON.array(buckets))}"#
  }
}
