// SPDX-License-Identifier: MIT

/// Rows of text in columns, two spaces apart.
struct Table {
  enum Alignment { case left, right }

  private let head: [String]
  private let alignment: [Alignment]
  private(set) var rows: [[String]] = []

  /// - Parameter columns: the title of each, and on which side its cells stand
  init(_ columns: [(String, Alignment)]) {
    head = columns.map(\.0)
    alignment = columns.map(\.1)
  }

  mutating func add(_ cells: String...) { rows.append(cells) }

  var lines: [String] {
    let widths = head.indices.map { column in
      ([head] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([head] + rows).enumerated().map { index, row in
      let line = zip(row.indices, row).map { column, cell in
        let filler = String(repeating: " ", count: widths[column] - cell.count)
        return alignment[column] == .left ? cell + filler : filler + cell
      }.joined(separator: "  ")
      let trimmed = String(line.reversed().drop { $0 == " " }.reversed())
      return index == 0 ? Colour.bold(trimmed) : trimmed
    }
  }

  func print() throws {
    for line in lines { try Output.print(line) }
  }
}
