// SPDX-License-Identifier: MIT

/// A chart's numbers for the page's script: JSON, in which arrays are little endian numbers in
/// base64.
struct EmbeddedData {
  /// Where the buckets of a trace are; traces of one stream share it.
  private struct Grid: Equatable {
    var first: [Double]
    var last: [Double]
    var samples: [Int]
  }

  private(set) var json = ""

  init(_ chart: Chart) {
    var grids: [Grid] = []
    let panels = chart.panels.map { panel in
      let traces = panel.traces.map { trace in
        let buckets = trace.envelope.buckets
        let grid = Grid(
          first: buckets.map(\.first), last: buckets.map(\.last),
          samples: buckets.map { $0.count + $0.missing })
        let index = grids.firstIndex(of: grid) ?? grids.count
        if index == grids.count { grids.append(grid) }
        return Self.trace(trace.name, buckets, grid: index)
      }
      let threshold = panel.drawnThreshold.map {
        ",\"threshold\":{\"value\":\($0.value),\"name\":\(Self.string($0.name))}"
      }
      return "{\"title\":\(Self.string(panel.title)),\"unit\":\(Self.string(panel.unit ?? "")),"
        + "\"arrangement\":\"\(panel.arrangement.rawValue)\"\(threshold ?? ""),"
        + "\"traces\":[\(traces.joined(separator: ","))]}"
    }
    let marks = chart.marks.filter(\.x.isFinite).map {
      "{\"kind\":\"\($0.kind)\",\"x\":\($0.x)"
        + ($0.note.map { ",\"note\":\(Self.string($0))" } ?? "") + "}"
    }
    let replayed = chart.replayed.map { "[\($0.lowerBound),\($0.upperBound)]" }
    json = """
      {"title":\(Self.string(chart.title)),"subtitle":\(Self.string(chart.subtitle ?? "")),\
      "axis":"\(chart.axis.unit)","isTime":\(chart.axis == .time),"isEmpty":\(chart.extent == nil),\
      "low":\(chart.domain.lowerBound),"high":\(chart.domain.upperBound),
      "grids":[\(grids.map(Self.text).joined(separator: ",\n"))],
      "panels":[\(panels.joined(separator: ",\n"))],
      "checkpoints":{"count":\(chart.checkpoints.count),\
      "at":\(Self.base64(chart.checkpoints.positions.map(\.bitPattern)))},
      "marks":[\(marks.joined(separator: ","))],"replayed":[\(replayed.joined(separator: ","))]}
      """
  }

  private static func text(_ grid: Grid) -> String {
    var text = "{\"first\":\(base64(grid.first.map(\.bitPattern)))"
    if grid.last != grid.first { text += ",\"last\":\(base64(grid.last.map(\.bitPattern)))" }
    if grid.samples.contains(where: { $0 != 1 }) {
      text += ",\"samples\":\(base64(grid.samples.map { UInt32(clamping: $0) }))"
    }
    return text + "}"
  }

  private static func trace(_ name: String, _ buckets: [Envelope.Bucket], grid: Int) -> String {
    let values = buckets.flatMap { [$0.minimum.bitPattern, $0.maximum.bitPattern] }
    var text = "{\"name\":\(string(name)),\"grid\":\(grid),\"values\":\(base64(values))"
    if buckets.contains(where: { $0.first != $0.last }) {
      let offsets = buckets.flatMap {
        [Float($0.minimumAt - $0.first).bitPattern, Float($0.maximumAt - $0.first).bitPattern]
      }
      text += ",\"offsets\":\(base64(offsets))"
    }
    if buckets.contains(where: { $0.missing > 0 }) {
      text += ",\"missing\":\(base64(buckets.map { UInt32(clamping: $0.missing) }))"
    }
    return text + "}"
  }

  /// As a JSON string that is safe inside a script element, too.
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\", "<", ">", "&", "'", "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}",
        "\u{2028}", "\u{2029}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  static func base64<Word: FixedWidthInteger>(_ words: [Word]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = [0x22]
    text.reserveCapacity(words.count * Word.bitWidth / 6 + 8)
    var group: UInt32 = 0
    var count = 0
    func digit(_ index: Int) -> UInt8 { alphabet[Int(group >> UInt32(18 - 6 * index)) & 63] }
    for word in words {
      for shift in stride(from: 0, to: Word.bitWidth, by: 8) {
        group = group << 8 | UInt32(UInt8(truncatingIfNeeded: word >> Word(shift)))
        count += 1
        if count == 3 {
          for index in 0..<4 { text.append(digit(index)) }
          (group, count) = (0, 0)
        }
      }
    }
    if count > 0 {
      group <<= UInt32(8 * (3 - count))
      for index in 0...count { text.append(digit(index)) }
      for _ in count..<3 { text.append(0x3d) }
    }
    text.append(0x22)
    return String(decoding: text, as: UTF8.self)
  }
}
