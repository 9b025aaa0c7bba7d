// SPDX-License-Identifier: MIT

import LeatNotation

/// What lines and symbols mean, in rows above what they explain: it covers no data.
struct Legend {
  enum Symbol: Equatable {
    case heading
    case words
    case trace(Int)
    case threshold
    case checkpoint
    case kill
    case resume
    case replay

    /// Before its text.
    var width: Double {
      switch self {
      case .heading, .words: 0
      case .trace, .threshold, .replay: 22
      case .checkpoint, .kill, .resume: 18
      }
    }
  }

  struct Item {
    var symbol: Symbol
    var text: String
    var x: Double
    var row: Int
  }

  private(set) var items: [Item] = []
  private let width: Double

  var rows: Int { (items.last?.row ?? -1) + 1 }

  /// A panel's title and, when they share a scale, its traces.
  init(_ panel: Chart.Panel, width: Double) {
    self.width = width
    add(.heading, panel.title)
    if let unit = panel.unit, !unit.isEmpty { add(.words, unit) }
    switch panel.arrangement {
    case .shared:
      for (index, trace) in panel.traces.enumerated() { add(.trace(index), trace.name) }
    case .lanes: add(.words, "\(panel.traces.count) traces, each with its own scale")
    case .overlay: add(.words, "\(panel.traces.count) traces on one scale")
    }
    if let threshold = panel.drawnThreshold {
      add(.threshold, "\(threshold.name) \(Notation.text(threshold.value, significant: 4))")
    }
  }

  /// What happened to the stream, and how often.
  init(events chart: Chart, width: Double) {
    self.width = width
    func counted(_ count: Int, _ one: String) -> String {
      "\(count.grouped()) \(one)\(count == 1 ? "" : "s")"
    }
    let kills = chart.count(.kill), resumes = chart.count(.resume)
    if chart.checkpoints.count > 0 {
      add(.checkpoint, counted(chart.checkpoints.count, "checkpoint"))
    }
    if kills > 0 { add(.kill, counted(kills, "kill")) }
    if resumes > 0 { add(.resume, counted(resumes, "resume")) }
    if !chart.replayed.isEmpty { add(.replay, "stepped again") }
  }

  private mutating func add(_ symbol: Symbol, _ text: String) {
    let bold = symbol == .heading
    let text = TextWidth.fitted(text, to: width - symbol.width, size: 12, bold: bold)
    let size = symbol.width + TextWidth.of(text, size: 12, bold: bold)
    var item = Item(symbol: symbol, text: text, x: 0, row: 0)
    if let last = items.last {
      let end =
        last.x + last.symbol.width
        + TextWidth.of(last.text, size: 12, bold: last.symbol == .heading)
      item.x = end + (last.symbol == .heading ? 10 : 16)
      item.row = last.row
      if item.x + size > width { (item.x, item.row) = (0, last.row + 1) }
    }
    items.append(item)
  }

  /// - Parameters:
  ///   - left: where its rows begin
  ///   - top: of the first row
  func drawn(left: Double, top: Double) -> String {
    items.map { item in
      let x = left + item.x, baseline = top + Double(item.row) * Layout.row + 13
      let name = item.symbol == .heading ? "pa" : item.symbol == .words ? "mu" : nil
      return Symbols.drawn(item.symbol, x: x, middle: baseline - 4)
        + Markup.text(item.text, x + item.symbol.width, baseline, class: name)
    }.joined()
  }
}
