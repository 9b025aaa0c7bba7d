// SPDX-License-Identifier: MIT

/// The lines that `leat watch` shows.
struct WatchFrame {
  let path: String
  let snapshot: StoreSnapshot?
  /// Why there is no newer snapshot.
  let failure: String?
  let state: WatchState
  /// Filtered and sorted.
  let rows: [StoreSnapshot.Stream]
  /// Seconds after which a stream is stale.
  let stale: Double
  let size: (columns: Int, rows: Int)

  /// Lines that aren't streams.
  static let otherLines = 5

  static func page(_ size: (columns: Int, rows: Int)) -> Int { max(1, size.rows - otherLines) }

  var lines: [String] {
    let visible = rows.dropFirst(state.top).prefix(WatchFrame.page(size))
    let widths = widths(of: visible)
    var lines = [head, totals, choices, Colour.bold(line(Column.titles, widths))]
    for stream in visible {
      let text = line(cells(of: stream), widths)
      let isStale = snapshot.map { stream.age(at: $0.time).isStale(beyond: stale) } ?? true
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
    let time = snapshot.map { Figures.utc(milliseconds: $0.time) } ?? ""
    let name = Text.cut("leat watch \(Text.printable(path))", to: size.columns - time.count - 2)
    return Colour.bold(Text.padded(name, to: size.columns - time.count)) + time
  }

  private var totals: String {
    if let failure { return Colour.red(fit("Trying again: \(Text.printable(failure))")) }
    guard let snapshot else { return "" }
    let totals = snapshot.totals
    var parts = [
      "\(Figures.grouped(totals.streams)) streams",
      "\(Figures.grouped(totals.checkpoints)) checkpoints",
      "file \(Figures.bytes(totals.fileBytes))", "wal \(Figures.bytes(totals.walBytes))",
    ]
    if let rate = snapshot.commitsPerSecond {
      parts.append("\(Figures.decimal(rate, places: 1)) commits/s")
    }
    let text = fit(parts.joined(separator: "   "))
    return totals.isBehind ? Colour.red(fit("BEHIND: see leat doctor   " + text)) : text
  }

  private var choices: String {
    let last = min(rows.count, state.top + WatchFrame.page(size))
    var parts = ["by \(state.order.rawValue)\(state.isReversed ? ", reversed" : "")"]
    if !state.filter.isEmpty { parts.append("filter \"\(Text.printable(state.filter))\"") }
    parts.append(
      rows.isEmpty
        ? "no streams"
        : "\(Figures.grouped(state.top + 1)) to \(Figures.grouped(last)) of "
          + Figures.grouped(rows.count))
    parts.append(snapshot?.writer.map { "writer: \($0)" } ?? "no writer")
    return Colour.dim(fit(parts.joined(separator: "   ")))
  }
}

// MARK: - Columns

extension WatchFrame {
  private enum Column {
    static let titles = ["STREAM", "POSITION", "RATE/s", "GENERATION", "KEPT", "AGE", "LAST SAVED"]
    /// Columns that are left out on a narrow terminal, the first first.
    static let optional = [6, 4, 3, 2]
  }

  private func cells(of stream: StoreSnapshot.Stream) -> [String] {
    let entry = stream.entry
    return [
      Text.printable(entry.name), Figures.grouped(entry.position),
      stream.rate.map(Self.text(rate:)) ?? "-",
      Figures.grouped(entry.generation), "\(entry.generations)",
      snapshot.map { stream.age(at: $0.time).text } ?? "-",
      Figures.utc(milliseconds: entry.savedAt),
    ]
  }

  /// The positions in a store may give a rate that is larger than any integer.
  private static func text(rate: Double) -> String {
    rate < 100
      ? Figures.decimal(rate, places: 1)
      : rate < 1e15 ? Figures.grouped(UInt64(rate)) : Figures.scientific(rate)
  }

  /// The width of each column; 0 for those that are left out. The name gets the rest.
  private func widths(of visible: some Collection<StoreSnapshot.Stream>) -> [Int] {
    var widths = Column.titles.map(\.count)
    var name = widths[0]
    for stream in visible {
      for (column, cell) in cells(of: stream).enumerated() {
        if column == 0 { name = max(name, Text.width(cell)) }
        widths[column] = max(widths[column], column == 0 ? 0 : Text.width(cell))
      }
    }
    // Least widths, so that columns don't move with every digit.
    for (column, least) in [(1, 13), (2, 9), (5, 12)] {
      widths[column] = max(widths[column], least)
    }
    let others = { (widths: [Int]) in widths.dropFirst().reduce(0) { $0 + ($1 > 0 ? $1 + 2 : 0) } }
    for column in Column.optional where size.columns - others(widths) < min(name, 24) {
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
