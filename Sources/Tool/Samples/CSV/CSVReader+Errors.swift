// SPDX-License-Identifier: MIT

/// Explains why a line is no sample. This is slow, and only runs for lines that `read` refused.
extension CSVReader {
  /// - Returns: nil when the line is the header once more
  func rejection(of text: UnsafeBufferPointer<UInt8>) -> FillResult? {
    if mayHaveHeader, let fields = unsafe fields(of: text) {
      let names = layout?.names ?? []
      if fields == names { return nil }
      if HeaderLine.isHeader(fields, names: names, fieldCount: roles.count) {
        return .refused(
          SampleError(
            "line \(line + 1): found another header, \(HeaderLine.list(fields)); expected "
              + (names.isEmpty ? "samples: line 1 holds no names" : HeaderLine.list(names))))
      }
    }
    return unsafe .malformed(error(in: text))
  }

  /// The fields as text; nil when a quoted field isn't closed.
  func fields(of text: UnsafeBufferPointer<UInt8>) -> [String]? {
    var fields: [String] = []
    let count = unsafe parser.parse(text) { _, field in
      fields.append(unsafe CSVParser.text(of: field))
    }
    return count == nil ? nil : fields
  }

  private func error(in text: UnsafeBufferPointer<UInt8>) -> SampleError {
    var reason: String?
    let count = unsafe parser.parse(text) { column, field in
      guard reason == nil, let layout, column < roles.count else { return }
      let value = unsafe CSVParser.value(of: field)
      let role = roles[column]
      let number = unsafe DecimalReader.read(value) ?? .nan
      let expected: String
      if role.input >= 0 && !(number.magnitude <= limit) {
        expected = "a number of magnitude at most \(limit)"
      } else if unsafe role.isTime && Timestamp.read(value) == nil {
        expected = Timestamp.expectation
      } else {
        return
      }
      reason =
        unsafe "column \(layout.name(column)): found \(shown(value)), expected \(expected)"
    }
    let place = "line \(line + 1)"
    guard let count else { return SampleError("\(place): a quoted field isn't closed") }
    guard count == roles.count else {
      return SampleError(
        "\(place): found \(count) \(count == 1 ? "field" : "fields"), expected \(roles.count)")
    }
    return unsafe SampleError("\(place), \(reason ?? "")\(hint(for: text))")
  }

  /// For the first line, which wasn't recognized as a header when it has numbers besides names.
  private func hint(for text: UnsafeBufferPointer<UInt8>) -> String {
    guard unsafe mayHaveHeader && layout?.hasHeader == false && firstLine.elementsEqual(text),
      unsafe HeaderLine.containName(fields(of: text) ?? [])
    else { return "" }
    return "; if line \(line + 1) is a header, say \(headerLabel)"
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
