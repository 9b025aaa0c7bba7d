// SPDX-License-Identifier: MIT

import LeatNotation

/// Texts in rows, each after the symbol or the line that it explains: the title, the subtitle, the
/// events, a panel's title and traces. A legend is above what it explains, and covers no data.
struct Legend {
  enum Symbol: Equatable {
    case title
    case heading
    case words
    case trace(Int)
    case threshold
    case checkpoint
    case kill
    case resume
    case replay

    /// From its left to its text.
    var width: Double {
      switch self {
      case .title, .heading, .words: 0
      case .trace, .threshold, .replay: 22
      case .checkpoint, .kill, .resume: 18
      }
    }

    /// From its text to the next item.
    var space: Double { self == .heading ? 10 : 16 }
    var textSize: Double { self == .title ? 17 : 12 }
    var isBold: Bool { self == .title || self == .heading }

    var textClass: String? {
      switch self {
      case .title: "ti"
      case .heading: "pa"
      case .words: "mu"
      default: nil
      }
    }
  }

  struct Item {
    var symbol: Symbol
    var text: String
    /// As much of the text as there is room for.
    var fitted: String
    var x: Double
    var row: Int
  }

  /// Of the first row.
  var top = 0.0
  private(set) var items: [Item] = []
  private let width: Double
  /// Where the next item begins, if its row has room for it.
  private var nextX = 0.0

  var rows: Int { (items.last?.row ?? -1) + 1 }

  init(_ symbol: Symbol, _ text: String, width: Double) {
    self.width = width
    add(symbol, text)
  }

  /// A panel's title and, when they share a scale, its traces.
  init(_ panel: Chart.Panel, width: Double) {
    self.init(.heading, panel.title, width: width)
    if let unit = panel.unit, !unit.isEmpty { add(.words, unit) }
    switch panel.arrangement {
    case .shared:
      for (index, trace) in panel.traces.enumerated() { add(.trace(index), trace.name) }
    case .lanes: add(.words, "\(panel.traces.count) traces, each with its own scale")
    case .overlay: add(.words, "\(panel.traces.count) traces on one scale")
    }
    if let threshold = panel.drawnThreshold {
      add(.threshold, "\(threshold.name) \(AxisNotation.text(threshold.value, significant: 4))")
    }
  }

  /// What happened to the stream, and how often.
  init(events chart: Chart, width: Double) {
    self.width = width
    func add(_ symbol: Symbol, _ count: Int, _ word: String) {
      guard count > 0 else { return }
      self.add(symbol, "\(count.grouped()) \(word)\(count == 1 ? "" : "s")")
    }
    add(.checkpoint, chart.checkpoints.count, "checkpoint")
    add(.kill, chart.count(.kill), "kill")
    add(.resume, chart.count(.resume), "resume")
    if !chart.replayed.isEmpty { self.add(.replay, "stepped again") }
  }

  private mutating func add(_ symbol: Symbol, _ text: String) {
    let (textSize, isBold) = (symbol.textSize, symbol.isBold)
    let fitted = TextWidth.fitted(text, to: width - symbol.width, size: textSize, bold: isBold)
    let size = symbol.width + TextWidth.of(fitted, size: textSize, bold: isBold)
    var (x, row) = (nextX, items.last?.row ?? 0)
    if x > 0 && x + size > width { (x, row) = (0, row + 1) }
    items.append(Item(symbol: symbol, text: text, fitted: fitted, x: x, row: row))
    nextX = x + size + symbol.space
  }

  func drawn(left: Double) -> String {
    items.map { item in
      let x = left + item.x, baseline = top + Double(item.row) * ChartLayout.row + 13
      return Symbols.drawn(item.symbol, x: x, middle: baseline - 4)
        + Markup.text(
          item.fitted, x + item.symbol.width, baseline, class: item.symbol.textClass)
    }.joined()
  }
}
