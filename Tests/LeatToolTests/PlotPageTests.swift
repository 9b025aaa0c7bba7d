// SPDX-License-Identifier: MIT

import Testing

@testable import LeatPlot

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Test func aPageNeedsNoOtherFile() {
  let html = PlotCharts.samples().html()
  #expect(html.hasPrefix("<!doctype html>"))
  for word in [" src=", "href=", "@import", "url(http", "fetch(", "import "] {
    #expect(!html.contains(word), "\(word)")
  }
  let addresses = html.components(separatedBy: "http").dropFirst().map { $0.prefix(20) }
  #expect(addresses.allSatisfy { $0.hasPrefix("://www.w3.org/2000/s") || $0.hasPrefix("-equiv") })
  #expect(html.utf8.count < 500_000)
}

@Test func numbersAreEmbeddedAsBase64() {
  #expect(JSON.base64([] as [UInt32]) == "\"\"")
  for words in [[1], [1, 0xdead_beef], [7, 8, 0xffff_ffff]] as [[UInt32]] {
    let bytes = words.flatMap { word in (0..<4).map { UInt8(word >> (8 * $0) & 255) } }
    #expect(JSON.base64(words) == "\"\(Data(bytes).base64EncodedString())\"")
  }
  #expect(JSON.base64([(1.5 as Double).bitPattern]) == "\"AAAAAAAA+D8=\"")
}

@Test func stringsAreSafeInAScript() {
  #expect(JSON.string("a\"\\b") == #""a\u0022\u005cb""#)
  #expect(JSON.string("</script>\n") == #""\u003c/script\u003e\u000a""#)
  #expect(JSON.string("é\u{2028}") == "\"é\\u2028\"")
}

@Test func tracesOfOneStreamShareTheirPlaces() {
  let json = Drawing(PlotCharts.samples(), width: 960, height: nil).json
  #expect(json.components(separatedBy: "\"first\":").count == 2)
  #expect(json.components(separatedBy: "\"grid\":0").count == 4)
  #expect(json.components(separatedBy: "\"missing\":\"").count == 2)
}

@Test func aPictureIsMadeOrThePackageNamed() throws {
  do {
    let png = try PlotCharts.samples().png(width: 500, height: 400)
    #expect(png.prefix(8) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    let sizes = [16, 20].map { png[$0 + 2..<$0 + 4].reduce(0) { $0 * 256 + Int($1) } }
    #expect(sizes == [1000, 800])
  } catch let error as PlotError {
    #expect(error.description.contains("apt-get install"))
  }
  // As on a machine without it.
  #expect {
    try SharedLibrary("libnone.so.7", package: "libnone7")
  } throws: {
    "\($0)".contains("libnone.so.7, which is not installed: apt-get install libnone7")
  }
}

@Test func aPictureThatIsTooLargeIsRefused() {
  #expect {
    try PlotCharts.samples().png(width: 20000)
  } throws: {
    "\($0)".contains("40000 x ") || "\($0)".contains("not installed")
  }
}

/// Writes the charts that Tests/Plot opens in a browser.
@Test(.enabled(if: ProcessInfo.processInfo.environment["LEAT_PLOT_FOLDER"] != nil))
func chartsAreWrittenForTheBrowser() throws {
  let folder = try #require(ProcessInfo.processInfo.environment["LEAT_PLOT_FOLDER"])
  func write(_ bytes: some Sequence<UInt8>, _ name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
  }
  let charts = [
    ("samples", PlotCharts.samples()), ("time", PlotCharts.time()),
    ("many", PlotCharts.many()),
    ("hostile", PlotCharts.named(PlotCharts.hostile)), ("empty", PlotCharts.traces([], [.nan])),
  ]
  for (name, chart) in charts {
    try write(chart.svg().utf8, "\(name).svg")
    try write(chart.html().utf8, "\(name).html")
    for theme in [Theme.light, .dark] {
      try write(chart.png(theme: theme), "\(name).\(theme).png")
    }
  }
  try write(PlotRules.page().utf8, "rules.html")
  // Every kind of tick, and of number.
  let spans = [5e-5, 1, 40, 3600, 86400, 6e5, 2.2e6, 7e6, 3e7, 1e8, 1e9]
  for (index, seconds) in spans.enumerated() {
    try write(PlotCharts.span(seconds).svg().utf8, "span\(index).svg")
    try write(PlotCharts.span(seconds).html().utf8, "span\(index).html")
  }
}
