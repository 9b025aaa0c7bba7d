// SPDX-License-Identifier: MIT

/// What `leat watch` shows, line by line.
struct WatchFrame {
  let path: String
  let look: StoreLook?
  /// Why there is no newer look.
  let failure: String?
  let state: WatchState
  /// Filtered and in order.
  let rows: [StoreLook.Stream]
  /// Seconds beyond which a stream's age is marked.
  let stale: Double
  let size: (columns: Int, rows: Int)

  /// Lines that are no streams.
  static let frame = 5

  static func page(_ size: (columns: Int, rows: Int)) -> Int { max(1, size.rows - frame) }

  var lines: [String] {
    let visible = rows.dropFirst(state.top).prefix(WatchFrame.page(size))
    let widths = widths(of: visible)
    var lines = [head, totals, choice, Colour.bold(line(Column.titles, widths))]
    for stream in visible {
      let text = line(cells(of: stream), widths)
      let isStale = look.map { stream.age(at: $0.time).isStale(beyond: stale) } ?? true
      lines.append(isStale ? Colour.yellow(text) : text)
    }
    while lines.count < size.rows - 1 { lines.append("") }
    lines.append(
      state.isTyping
        ? fit("/\(Text.printable(state.filter))_   Enter keeps, Esc clears")
        : Colour.dim(
          fit("q quit   sort: n name p position r rate a age   / filter   arrows, page keys")))
    return Array(lines.prefix(max(2, size.rows)))
  }

  private func fit(_ text: String) -> String { Text.cut(text, to: size.columns) }

  private var head: String {
    let time = look.map { Figures.utc(milliseconds: $0.time) } ?? ""
    let name = Text.cut("leat watch \(Text.printable(path))", to: size.columns - time.count - 2)
    return Colour.bold(Text.padded(name, to: size.columns - time.count)) + time
  }

  private var totals: String {
    if let failure { return Colour.red(fit("Trying again: \(Text.printable(failure))")) }
    guard let look else { return "" }
    let totals = look.totals
    var parts = [
      "\(Figures.grouped(totals.streams)) streams",
      "\(Figures.grouped(totals.checkpoints)) checkpoints",
      "file \(Figures.bytes(totals.fileBytes))", "wal \(Figures.bytes(totals.walBytes))",
    ]
    if let rate = look.commitsPerSecond {
      parts.append("\(Figures.decimal(rate, places: 1)) commits/s")
    }
    let text = fit(parts.joined(separator: "   "))
    return totals.isBehind ? Colour.red(fit("BEHIND: see leat doctor   " + text)) : text
  }

  private var choice: String {
    let last = min(rows.count, state.top + WatchFrame.page(size))
    var parts = ["by \(state.order.rawValue)\(state.isReversed ? ", reversed" : "")"]
    if !state.filter.isEmpty { parts.append("filter \"\(Text.printable(state.filter))\"") }
    parts.append(
      rows.isEmpty
        ? "no streams"
        : "\(Figures.grouped(state.top + 1)) to \(Figures.grouped(last)) of "
          + Figures.grouped(rows.count))
    parts.append(look?.writer.map { "writer: \($0)" } ?? "no writer")
    return Colour.dim(fit(parts.joined(separator: "   ")))
  }
}

// MARK: - Columns

extension WatchFrame {
  private enum Column {
    static let titles = ["STREAM", "POSITION", "RATE/s", "GENERATION", "KEPT", "AGE", "LAST SAVED"]
    /// What goes first where there is little room, without the stream, position and age.
    static let dispensable = [6, 4, 3, 2]
  }

  private func cells(of stream: StoreLook.Stream) -> [String] {
    let entry = stream.entry
    return [
      Text.printable(entry.name), Figures.grouped(entry.position),
      stream.rate.map(Self.text(rate:)) ?? "-",
      Figures.grouped(entry.generation), "\(entry.generations)",
      look.map { stream.age(at: $0.time).text } ?? "-",
      Figures.utc(milliseconds: entry.savedAt),
    ]
  }

  /// A store may tell of more samples in a millisecond than there are integers.
  private static func text(rate: Double) -> String {
    rate < 100
      ? Figures.decimal(rate, places: 1)
      : rate < 1e15 ? Figures.grouped(UInt64(rate)) : Figures.scientific(rate)
  }

  /// Of each column; 0 for those that have no room. The stream's gets what is left.
  private func widths(of visible: some Collection<StoreLook.Stream>) -> [Int] {
    var widths = Column.titles.map(\.count)
    var name = widths[0]
    for stream in visible {
      for (column, cell) in cells(of: stream).enumerated() {
        if column == 0 { name = max(name, Text.width(cell)) }
        widths[column] = max(widths[column], column == 0 ? 0 : Text.width(cell))
      }
    }
    // So that columns don't move with every digit.
    for (column, least) in [(1, 13), (2, 9), (5, 12)] {
      widths[column] = max(widths[column], least)
    }
    let others = { (widths: [Int]) in widths.dropFirst().reduce(0) { $0 + ($1 > 0 ? $1 + 2 : 0) } }
    for column in Column.dispensable where size.columns - others(widths) < min(name, 24) {
      widths[column] = 0
    }
    widths[0] = max(1, size.columns - others(widths))
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = Text.padded(Text.cut(cells[0], to: widths[0]), to: widths[0])
    for column in 1..<cells.count where widths[column] > 0 {
      text += "  " + Text.padded(left: cells[column], to: widths[column])
    }
    return fit(text)
  }
}
