// SPDX-License-Identifier: MIT

/// Where in a line is what: found once, by the first line.
public struct ColumnLayout: Equatable, Sendable {
  /// Those of the header line; empty without one.
  public let names: [String]
  /// Fields in every line.
  public let fieldCount: Int
  /// The model's inputs in their order, the time, and what else is carried through: from 0.
  public let inputs: [Int]
  public let time: Int?
  public let carried: [Int]

  public var hasHeader: Bool { !names.isEmpty }

  /// A column as the user knows it.
  public func name(_ column: Int) -> String { hasHeader ? names[column] : "\(column + 1)" }

  /// - Parameters:
  ///   - fields: of the first line
  ///   - inputSize: how many inputs the model takes
  public init(_ choice: ColumnChoice, fields: [String], inputSize: Int) throws(SampleError) {
    let hasHeader = choice.hasHeader ?? HeaderLine.areNames(fields)
    let finder = ColumnFinder(
      fields: fields, hasHeader: hasHeader, isTold: choice.hasHeader != nil)
    names = hasHeader ? fields : []
    fieldCount = fields.count
    carried = try finder.columns(choice.carried, for: "--keep")
    let chosenTime = try choice.time.map { (name) throws(SampleError) in
      try finder.column(name, for: "--time")
    }

    if let chosen = choice.inputs {
      inputs = try finder.columns(chosen, for: "--columns")
      time = chosenTime ?? finder.obviousTime.flatMap { [inputs] in inputs.contains($0) ? nil : $0 }
    } else {
      let aside = Set(carried + (chosenTime.map { [$0] } ?? []))
      let left = fields.indices.filter { !aside.contains($0) }
      let obvious = chosenTime == nil ? finder.obviousTime.filter(left.contains) : nil
      if let obvious, left.count == inputSize + 1 {
        (inputs, time) = (left.filter { $0 != obvious }, obvious)
      } else {
        (inputs, time) = (left, chosenTime)
      }
    }
    guard inputs.count == inputSize else {
      let found = inputs.isEmpty ? "none" : inputs.map { finder.name($0) }.joined(separator: ", ")
      throw SampleError(
        "the model takes \(inputSize) \(inputSize == 1 ? "input" : "inputs"), but "
          + "\(inputs.count) \(inputs.count == 1 ? "column is" : "columns are") there for it: "
          + "\(found); --columns picks them, --time and --keep set others aside")
    }
  }

  /// A number is one too.
  static func isTime(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in unsafe Timestamp.read(bytes) != nil }
  }
}

extension Optional {
  fileprivate func filter(_ isWanted: (Wrapped) -> Bool) -> Wrapped? {
    flatMap { isWanted($0) ? $0 : nil }
  }
}
