// SPDX-License-Identifier: MIT

import Testing

@testable import LeatPlot

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The words of a drawing, in order.
private func words(_ svg: String) -> [Substring] {
  svg.split(separator: "<text ").dropFirst().compactMap {
    $0.split(separator: ">", maxSplits: 1).last?.split(separator: "<").first
  }
}

/// The numbers after each `name="` of a drawing.
private func numbers(_ svg: String, _ name: String) -> [Double] {
  svg.split(separator: " \(name)=\"").dropFirst().compactMap {
    $0.split(separator: "\"").first.flatMap { Double($0) }
  }
}

@Test func anSVGFileIsOneDrawingWithTitleAndDescription() throws {
  let svg = PlotCharts.samples().svg()
  #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
  #expect(svg.contains("role=\"img\""))
  #expect(svg.contains("<title id=\"leat-title\">Samples of a stream</title>"))
  #expect(svg.contains("From sample 0 to sample 199999"))
  #expect(svg.contains("wave \u{2212}1 to 7.88"))
  #expect(svg.contains("40 checkpoints, 2 kills, 2 resumes"))
  #expect(svg.utf8.count < 100_000)
  let texts = words(svg)
  for text in ["Inputs", "V", "wave", "gap", "threshold 0.8", "stepped again", "sample", "100,000"]
  {
    #expect(texts.contains { $0 == text }, "\(text)")
  }
}

@Test func themesDifferInColoursOnly() {
  let chart = PlotCharts.samples()
  let svg = Theme.allCases.map { chart.svg(theme: $0) }
  #expect(svg[0].contains("@media(prefers-color-scheme:dark)"))
  #expect(svg[1].contains("fill:#ffffff") && !svg[1].contains("#0d1117"))
  #expect(svg[2].contains("fill:#0d1117") && !svg[2].contains("fill:#ffffff"))
  let bodies = svg.map { $0.split(separator: "</style>").last }
  #expect(bodies[0] == bodies[1] && bodies[1] == bodies[2])
}

@Test(arguments: [240, 360, 960, 2400])
func wordsStayInsideThePicture(width: Int) {
  for chart in [PlotCharts.samples(), PlotCharts.time()] {
    let svg = chart.svg(width: width)
    let heights = numbers(svg, "height")
    #expect(numbers(svg, "x").allSatisfy { $0 >= 0 && $0 <= Double(width) })
    #expect(numbers(svg, "y").allSatisfy { $0 >= 0 && $0 <= heights[0] })
  }
}

@Test func heightIsSharedByPanelsWithOneScale() {
  let svg = PlotCharts.samples().svg(height: 700)
  #expect(numbers(svg, "height").first == 700)
  // Too low for two panels: the chart is higher.
  let low = PlotCharts.samples().svg(height: 100)
  #expect((numbers(low, "height").first ?? 0) > 200)
}

@Test func tracesOfOneSizeShareAScaleAndOthersHaveLanes() {
  #expect(PlotCharts.samples().panels.map(\.arrangement) == [.shared, .shared])
  #expect(PlotCharts.time().panels.map(\.arrangement) == [.lanes, .shared])
  let texts = words(PlotCharts.time().svg())
  #expect(texts.contains("7 traces, each with its own scale"))
  #expect(texts.contains("0 to 67.8\u{2009}M"))
  let trace = PlotCharts.samples().panels[1].traces[0]
  func arrangement(_ count: Int) -> Chart.Panel.Arrangement {
    Chart.Panel("many", traces: Array(repeating: trace, count: count)).arrangement
  }
  #expect(arrangement(8) == .shared && arrangement(9) == .lanes)
  #expect(arrangement(48) == .lanes && arrangement(49) == .overlay)
}

@Test func whatHasNoValuesSaysSo() {
  #expect(words(PlotCharts.traces([]).svg()).contains("no values"))
  #expect(words(PlotCharts.traces([.nan, .infinity]).svg()).contains("no values"))
  #expect(words(Chart("empty", axis: .time, panels: []).svg()).contains("no panels"))
}

@Test func extremeValuesAreDrawn() {
  let most = Float.greatestFiniteMagnitude
  for values in [
    [5], [-most, most], [0, .leastNonzeroMagnitude], [3, 3, 3], [0, 0], [1e6, 1e6 + 0.0625],
  ] as [[Float]] {
    let svg = PlotCharts.traces(values).svg()
    #expect(svg.contains("class=\"tr "), "\(values)")
    #expect(!svg.contains("nan") && !svg.contains("inf\""), "\(values)")
  }
}

@Test func manyTracesStaySmall() {
  let trace = PlotCharts.samples().panels[0].traces[0]
  for count in [16, 40, 128] {
    let panel = Chart.Panel("many", traces: Array(repeating: trace, count: count))
    let svg = Chart("many", axis: .samples, panels: [panel]).svg()
    #expect(svg.utf8.count < 300_000, "\(count): \(svg.utf8.count)")
    #expect(words(svg).contains { $0.hasPrefix("\(count) traces") })
  }
}

@Test func namesAreTextWhateverTheyHold() {
  let svg = PlotCharts.named(PlotCharts.hostile).svg()
  #expect(!svg.contains("<script") && !svg.contains("<img") && !svg.contains("\u{1}"))
  let escaped = Markup.escaped("<a b='c'>&\"\u{0}\u{202e}é")
  #expect(escaped == "&lt;a b=&#39;c&#39;&gt;&amp;&quot;\u{fffd}\u{fffd}é")
  let html = PlotCharts.named(PlotCharts.hostile).html()
  #expect(html.components(separatedBy: "<script").count == 3)
  #expect(html.components(separatedBy: "</script").count == 3)
  #expect(!html.contains("<img"))
}

@Test func killsAreLinesThroughAllPanelsAndCheckpointsAreNot() {
  let svg = PlotCharts.samples().svg()
  let kills = svg.components(separatedBy: "<path class=\"ki\" d=\"").dropFirst()
  #expect(kills.count == 2)
  #expect(kills.allSatisfy { $0.prefix { $0 != "\"" }.count { $0 == "V" } == 2 })
  // Two and the legend's.
  #expect(svg.components(separatedBy: "<circle class=\"kf\"").count == 4)
  #expect(svg.components(separatedBy: "<path class=\"ck\"").count == 3)
  var chart = PlotCharts.samples()
  // At most one tick in 3 pixels. The places go back here, as after a resume.
  for place in 0..<100_000 { chart.checkpoints.append(Double(place)) }
  let ticks = chart.svg().components(separatedBy: "<path class=\"ck\" d=\"").last ?? ""
  let count = ticks.prefix { $0 != "\"" }.count { $0 == "M" }
  #expect(count > 120 && count < 200)
}

@Test func namesOfAnyLengthAreCut() {
  var envelope = Envelope()
  for x in 0..<10 { envelope.append(Float(x), at: Double(x)) }
  for letter in ["v", "e\u{301}\u{302}\u{303}", "泵"] {
    let name = String(repeating: letter, count: 100_000)
    let chart = Chart(
      name, axis: .samples,
      panels: [Chart.Panel(name, unit: name, traces: [Chart.Trace(name, envelope)])])
    #expect(chart.svg().utf8.count < 20_000)
    #expect(chart.html().utf8.count < 120_000)
  }
  #expect(TextWidth.shortened("flow") == "flow")
}

@Test func textIsFittedIntoItsRoom() {
  let text = String(repeating: "Wi ", count: 50_000)
  for width in [0.0, 5, 60, 300] {
    let fitted = TextWidth.fitted(text, to: width, size: 12)
    #expect(fitted.hasSuffix("…") && !fitted.hasSuffix(" …"))
    #expect(TextWidth.of(fitted, size: 12) <= max(width, TextWidth.of("…", size: 12)))
    // All of the room is used.
    #expect(TextWidth.of(fitted, size: 12) > width - 24)
  }
  #expect(TextWidth.fitted("flow", to: 100, size: 12) == "flow")
}
