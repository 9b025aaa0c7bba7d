// SPDX-License-Identifier: MIT

/// Rows of text in columns, two spaces apart.
struct Table {
  enum Alignment { case left, right }

  private let head: [String]
  private let alignment: [Alignment]
  private var rows: [(cells: [String], colour: Colour?)] = []
  private var widths: [Int]
  private var hasPrintedHead = false

  /// - Parameter columns: the title of each, and on which side its cells stand
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

  /// Prints the rows there are, under the titles if these haven't been. Of very long tables this is
  /// called now and then: a column may get wider then.
  mutating func print() throws {
    if !hasPrintedHead { try Output.print(Colour.bold(line(head))) }
    hasPrintedHead = true
    for row in rows {
      let text = line(row.cells)
      try Output.print(row.colour?(text) ?? text)
    }
    rows = []
  }

  /// Prints what has come together once it's much.
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
