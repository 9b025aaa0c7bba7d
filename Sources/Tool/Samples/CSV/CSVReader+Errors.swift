// SPDX-License-Identifier: MIT

/// Explains why a line is no sample. This is slow, and only runs for lines that `read` refused.
extension CSVReader {
  /// Why a line is no sample.
  struct Fault {
    let error: SampleError
    /// It has the right fields, and is a sample but for some values.
    let isInValues: Bool
  }

  /// A line of names.
  enum Header {
    /// The header once more.
    case same
    case other(SampleError)
  }

  /// - Returns: nil when the line isn't a header
  func header(in text: UnsafeBufferPointer<UInt8>) -> Header? {
    guard mayHaveHeader, let fields = unsafe fields(of: text) else { return nil }
    let names = layout?.names ?? []
    if fields == names { return .same }
    guard HeaderLine.isHeader(fields, names: names, fieldCount: roles.count) else { return nil }
    let mayBeUnits = !fields.contains { !$0.isEmpty && names.contains($0) }
    return .other(
      SampleError(
        "line \(line + 1): found another header, \(HeaderLine.list(fields)); expected "
          + (names.isEmpty ? "samples: line 1 holds no names" : HeaderLine.list(names))
          + (mayBeUnits ? unitsHint : "")))
  }

  private var unitsHint: String {
    guard layout?.hasHeader == true && dialect.linesAfter == 0 else { return "" }
    return "; if these are units, \(labels.linesAfter) 1"
  }

  /// The fields as text; nil when a quoted field isn't closed.
  func fields(of text: UnsafeBufferPointer<UInt8>) -> [String]? {
    var fields: [String] = []
    let count = unsafe parser.parse(text) { _, field in
      fields.append(unsafe CSVParser.text(of: field))
    }
    return count == nil ? nil : fields
  }

  /// - Returns: nil when the line is a sample
  func fault(in text: UnsafeBufferPointer<UInt8>) -> Fault? {
    var reason: String?
    var (badValues, isInValues) = (0, true)
    let count = unsafe parser.parse(text) { column, field in
      guard let layout, column < roles.count else { return }
      let value = unsafe CSVParser.value(of: field)
      let role = roles[column]
      let expected: String
      if unsafe role.input >= 0 && isBad(value) {
        badValues += 1
        expected = unsafe expectedValue(insteadOf: value)
      } else if unsafe role.time != .none && time(value, role.time) == nil {
        isInValues = false
        expected = unsafe expectedTime(role.time, insteadOf: value)
      } else {
        return
      }
      if reason != nil { return }
      reason =
        unsafe "column \(layout.name(column)): found \(shown(value)), expected \(expected)"
    }
    let place = "line \(line + 1)"
    guard let count else {
      return Fault(error: SampleError("\(place): a quoted field isn't closed"), isInValues: false)
    }
    guard count == roles.count else {
      let found = "\(count) \(count == 1 ? "field" : "fields")"
      return Fault(
        error: SampleError("\(place): found \(found), expected \(roles.count)"),
        isInValues: false)
    }
    if let keyFault = unsafe keyFault(in: text) {
      return Fault(error: SampleError("\(place), \(keyFault)"), isInValues: false)
    }
    guard let reason else { return nil }
    let more = isInValues && badValues > 1 && rules.holds ? " (and \(badValues - 1) more)" : ""
    return unsafe Fault(
      error: SampleError("\(place), \(reason)\(more)\(hint(for: text))"), isInValues: isInValues)
  }

  private func isBad(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    let number = unsafe DecimalReader.read(value, point: dialect.decimal) ?? .nan
    return !(number.magnitude <= limit)
  }

  /// Names the choice of the decimal sign or the separator where another one would read the text.
  private func expectedValue(insteadOf text: UnsafeBufferPointer<UInt8>) -> String {
    let expected = "a number of magnitude at most \(limit)"
    let (comma, semicolon) = (UInt8(ascii: ","), UInt8(ascii: ";"))
    if dialect.decimal == comma { return expected + ", with a decimal comma" }
    if unsafe text.contains(comma) && DecimalReader.read(text, point: comma) != nil {
      return expected + " (\(labels.decimal) ,?)"
    }
    let isSeparator = unsafe text.contains(semicolon)
    return expected + (isSeparator ? " (\(labels.separator) ';'?)" : "")
  }

  /// Names the formats that would read the text.
  private func expectedTime(
    _ part: ColumnRoles.Time, insteadOf text: UnsafeBufferPointer<UInt8>
  ) -> String {
    let expected: String
    switch part {
    case .none, .whole: expected = dialect.times.expectation
    case .date: expected = dialect.times.date
    case .ofDay: return TimeFormat.timeOfDay
    }
    let others = TimeFormat.allCases.filter { format in
      if part == .date { return unsafe Timestamp.date(text, as: format) != nil }
      return unsafe Timestamp.read(text, as: format) != nil
    }
    guard !others.isEmpty else { return expected }
    let names = others.map(\.rawValue).joined(separator: " or ")
    return "\(expected); \(labels.timeFormat) \(names) reads it"
  }

  /// For a line of names, which may be units; and for the first line, which wasn't recognized as a
  /// header when it has numbers besides names.
  private func hint(for text: UnsafeBufferPointer<UInt8>) -> String {
    guard mayHaveHeader, let layout else { return "" }
    let fields = unsafe fields(of: text) ?? []
    if layout.hasHeader { return fields.count > 1 && HeaderLine.areNames(fields) ? unitsHint : "" }
    guard unsafe firstLine.elementsEqual(text), HeaderLine.containName(fields) else { return "" }
    return "; if line \(line + 1) is a header, say \(labels.header)"
  }

  /// The beginning of a field, without control characters.
  func shown(_ field: UnsafeBufferPointer<UInt8>) -> String {
    if field.isEmpty { return "nothing" }
    var text = ""
    for scalar in unsafe String(decoding: field.prefix(40), as: UTF8.self).unicodeScalars {
      text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "?" : scalar)
    }
    return "'\(text)'" + (field.count > 40 ? "..." : "")
  }
}
