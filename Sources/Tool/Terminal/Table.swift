// SPDX-License-Identifier: MIT

/// Rows of text in columns, with two spaces between them.
struct Table {
  enum Alignment { case left, right }

  private let head: [String]
  private let alignment: [Alignment]
  private var rows: [(cells: [String], colour: Colour?)] = []
  private var widths: [Int]
  private var hasPrintedHead = false

  /// - Parameter columns: the title of each, and the side that its cells are aligned to
  init(_ columns: [(String, Alignment)]) {
    head = columns.map(\.0)
    alignment = columns.map(\.1)
    widths = columns.map { Text.width($0.0) }
  }

  mutating func add(_ cells: String..., colour: Colour? = nil) {
    let cells = cells.map(Text.printable)
    rows.append((cells, colour))
    for (column, cell) in cells.enumerated() {
      widths[column] = max(widths[column], Text.width(cell))
    }
  }

  /// Prints the rows that were added since the last call, the first time with the titles. A column
  /// may be wider than it was in that call.
  mutating func print() throws {
    if !hasPrintedHead { try Output.print(Colour.bold(line(head))) }
    hasPrintedHead = true
    for row in rows {
      let text = line(row.cells)
      try Output.print(row.colour?(text) ?? text)
    }
    rows = []
  }

  /// Prints the rows when there are many, so that a table of a million rows needs little memory.
  mutating func printIfLong() throws {
    if rows.count >= 1000 { try print() }
  }

  private func line(_ cells: [String]) -> String {
    Text.trimmed(
      zip(cells.indices, cells).map { column, cell in
        alignment[column] == .left
          ? Text.padded(cell, to: widths[column]) : Text.padded(left: cell, to: widths[column])
      }.joined(separator: "  "))
  }
}
