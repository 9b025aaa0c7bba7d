// SPDX-License-Identifier: MIT

/// The role of each column, decided once, from the first line.
///
/// The user chooses columns by name or number. Of the columns that the user didn't choose, an index
/// of pandas is left out, and the one that is obviously the time becomes the time, each if the
/// number of inputs then is the model's. All others are inputs, in their order. A count that isn't
/// the model's is refused rather than cut, as a model that steps the wrong column gives no error.
public struct ColumnLayout: Equatable, Sendable {
  /// The header's names; empty without a header.
  public let names: [String]
  /// Fields in every line.
  public let fieldCount: Int
  /// Columns, from 0: the model's inputs in their order, the time, and further ones to copy.
  public let inputs: [Int]
  public let time: Int?
  /// The column of times of day, when that of the time has only dates.
  public let timeOfDay: Int?
  public let carried: [Int]
  /// The columns of a row's key, in its order; empty when all rows belong to one stream.
  public let keys: [Int]
  /// Columns that aren't inputs because they are an index.
  public let index: [Int]
  /// Columns that look like an index, and are inputs because the model has that many.
  public let indexInputs: [Int]

  public var hasHeader: Bool { !names.isEmpty }

  /// The header's names as one line; nil without a header.
  public var header: String? { hasHeader ? HeaderLine.list(names) : nil }

  /// The columns whose text is copied to the output: the time first, then the key.
  public var texts: [Int] {
    let first = times + keys.filter { !times.contains($0) }
    return first + carried.filter { !first.contains($0) }
  }

  /// The column of times, or those of dates and times of day.
  public var times: [Int] { [time, timeOfDay].compactMap { $0 } }

  /// A column as the user knows it.
  public func name(_ column: Int) -> String { hasHeader ? names[column] : "\(column + 1)" }

  /// - Parameters:
  ///   - fields: of the first line
  ///   - inputSize: how many inputs the model has
  ///   - times: how times are written
  public init(
    _ choice: ColumnChoice, fields: [String], inputSize: Int, times: TimeFormat = .iso
  ) throws(SampleError) {
    let labels = choice.labels
    let hasHeader = choice.hasHeader ?? HeaderLine.areNames(fields)
    let finder = ColumnFinder(
      fields: fields, hasHeader: hasHeader,
      headerLabel: choice.hasHeader == nil ? labels.header : nil,
      separatorLabel: labels.separator, times: times)
    names = hasHeader ? fields : []
    fieldCount = fields.count
    carried = try finder.columns(choice.carried, for: labels.carried)
    keys = try finder.columns(choice.keys, for: labels.keys)
    let obviousTime = finder.obviousTime.flatMap { [keys] in keys.contains($0) ? nil : $0 }
    let chosenTimes = try choice.time.map { (name) throws(SampleError) in
      try finder.columns(name, for: labels.time)
    }
    let chosenTime = chosenTimes?.first
    timeOfDay = chosenTimes?.dropFirst().first

    if let chosen = choice.inputs {
      inputs = try finder.columns(chosen, for: labels.inputs)
      time = chosenTime ?? obviousTime.flatMap { [inputs] in inputs.contains($0) ? nil : $0 }
      (index, indexInputs) = ([], [])
    } else {
      let taken = carried + keys + (chosenTimes ?? [])
      let found = finder.indexColumns.filter { !taken.contains($0) }
      func roles(without index: [Int]) -> (inputs: [Int], time: Int?) {
        let others = Set(taken + index)
        let rest = fields.indices.filter { !others.contains($0) }
        guard chosenTime == nil, rest.count == inputSize + 1, let obvious = obviousTime,
          rest.contains(obvious)
        else { return (rest, chosenTime) }
        return (rest.filter { $0 != obvious }, obvious)
      }
      let (without, with) = (roles(without: found), roles(without: []))
      if without.inputs.count != inputSize && with.inputs.count == inputSize {
        (inputs, time) = with
        (index, indexInputs) = ([], found)
      } else {
        (inputs, time) = without
        (index, indexInputs) = (found, [])
      }
    }
    guard inputs.count == inputSize else {
      let found = inputs.isEmpty ? "" : ", " + inputs.map { name($0) }.joined(separator: ", ")
      throw SampleError(
        "found \(inputs.count) \(inputs.count == 1 ? "column" : "columns") for the model's inputs"
          + "\(found), expected \(inputSize); \(labels.inputs) picks them, \(labels.time) and "
          + "\(labels.carried) give columns another role"
          + (index.isEmpty ? "" : "; \(Self.list(index)) taken for an index, which isn't counted")
          + HeaderLine.separatorHint(fields, labels.separator))
    }
  }

  /// Columns as the subject of a sentence: column 1 is, columns 1 and 2 are.
  public static func list(_ columns: [Int]) -> String {
    let numbers = columns.map { "\($0 + 1)" }.joined(separator: " and ")
    return columns.count == 1 ? "column \(numbers) is" : "columns \(numbers) are"
  }
}
