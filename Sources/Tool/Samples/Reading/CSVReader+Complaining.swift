// SPDX-License-Identifier: MIT

/// What a line is that is no sample.
extension CSVReader {
  /// - Returns: nil of the header once more
  func trouble(in text: UnsafeBufferPointer<UInt8>) -> FillResult? {
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
    return unsafe .malformed(complaint(about: text))
  }

  /// Its fields as text; nil when a quoted one isn't closed.
  func fields(of text: UnsafeBufferPointer<UInt8>) -> [String]? {
    var fields: [String] = []
    let count = unsafe scanner.scan(text) { _, field in
      fields.append(unsafe FieldScanner.text(of: field))
    }
    return count == nil ? nil : fields
  }

  /// Says what `read` found to be wrong.
  private func complaint(about text: UnsafeBufferPointer<UInt8>) -> SampleError {
    var wrong: String?
    let count = unsafe scanner.scan(text) { column, field in
      guard wrong == nil, let layout, column < roles.count else { return }
      let value = unsafe FieldScanner.value(of: field)
      let role = roles[column]
      let number = unsafe DecimalReader.read(value) ?? .nan
      if role.input >= 0 && !(number.magnitude <= limit) {
        wrong =
          unsafe "column \(layout.name(column)): found \(shown(value)), expected a number of "
          + "magnitude at most \(limit)"
      } else if unsafe role.isTime && Timestamp.read(value) == nil {
        wrong =
          unsafe "column \(layout.name(column)): found \(shown(value)), expected "
          + Timestamp.expectation
      }
    }
    let place = "line \(line + 1)"
    guard let count else { return SampleError("\(place): a quoted field isn't closed") }
    guard count == roles.count else {
      return SampleError(
        "\(place): found \(count) \(count == 1 ? "field" : "fields"), expected \(roles.count)")
    }
    return unsafe SampleError("\(place), \(wrong ?? "")\(hint(about: text))")
  }

  /// Of a first line that wasn't taken for a header because it holds numbers as well as names.
  private func hint(about text: UnsafeBufferPointer<UInt8>) -> String {
    guard unsafe mayHaveHeader && layout?.hasHeader == false && firstLine.elementsEqual(text),
      unsafe HeaderLine.haveName(fields(of: text) ?? [])
    else { return "" }
    return "; if line \(line + 1) is a header, say --header"
  }

  /// The beginning of a field, fit for a terminal.
  func shown(_ field: UnsafeBufferPointer<UInt8>) -> String {
    if field.isEmpty { return "nothing" }
    var text = ""
    for scalar in unsafe String(decoding: field.prefix(40), as: UTF8.self).unicodeScalars {
      text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "?" : scalar)
    }
    return "'\(text)'" + (field.count > 40 ? "..." : "")
  }
}
