// SPDX-License-Identifier: MIT

/// Reads samples from lines of text, one a line: fields between separators, in quotes or not, as
/// RFC 4180 has them. Blank lines, and those that begin with #, are passed over.
public struct CSVReader: SampleReader {
  public private(set) var offset: UInt64 = 0
  public private(set) var line: UInt64 = 0
  public private(set) var skipped: UInt64 = 0
  public private(set) var isBehindOpenLine = false
  public private(set) var layout: ColumnLayout?
  /// Whether lines that begin with # are passed over.
  public var hasComments = true

  private let separator: UInt8
  /// Magnitudes beyond it aren't taken in.
  private let limit: Float
  private var scanner: FieldScanner { FieldScanner(separator: separator) }
  private var finder = LineFinder()
  private var roles: [ColumnRoles.Role] = []
  /// A header that a part of the input may begin with once more.
  private var repeatedHeader: [UInt8]?
  /// Bytes that were dropped of a line that is too long.
  private var dropped: UInt64 = 0

  public init(separator: UInt8, limit: Float) {
    (self.separator, self.limit) = (separator, limit)
  }

  // MARK: The first line

  /// Finds out from the first line which columns there are, and takes it if it is a header.
  ///
  /// - Returns: the line, or nil when the buffer doesn't hold a whole one
  public mutating func readLayout(
    _ choice: ColumnChoice, inputSize: Int, from buffer: InputBuffer, isEnd: Bool
  ) throws(SampleError) -> [UInt8]? {
    if offset == 0 { skipByteOrderMark(buffer) }
    while let line = finder.next(in: buffer, isEnd: isEnd) {
      if unsafe LineFinder.hasFields(line.text, unlessComment: hasComments) {
        let bytes = unsafe Array(line.text)
        let layout = try layout(choice, inputSize: inputSize, firstLine: bytes)
        if layout.hasHeader { take(line, from: buffer) }
        return bytes
      }
      take(line, from: buffer)
    }
    if buffer.isFull { throw tooLong(buffer) }
    return nil
  }

  /// Uses the first line of an input of which a part has been taken.
  ///
  /// - Parameter mayRepeatHeader: whether the rest may begin with the header again, which is then
  ///   passed over
  public mutating func resume(
    _ choice: ColumnChoice, inputSize: Int, firstLine: [UInt8], offset: UInt64, line: UInt64,
    skipped: UInt64, isBehindOpenLine: Bool, mayRepeatHeader: Bool
  ) throws(SampleError) {
    let layout = try layout(choice, inputSize: inputSize, firstLine: firstLine)
    if mayRepeatHeader && layout.hasHeader { repeatedHeader = firstLine }
    (self.offset, self.line, self.skipped) = (offset, line, skipped)
    self.isBehindOpenLine = isBehindOpenLine
  }

  private mutating func layout(
    _ choice: ColumnChoice, inputSize: Int, firstLine: [UInt8]
  ) throws(SampleError) -> ColumnLayout {
    var fields: [String] = []
    let count = unsafe firstLine.withUnsafeBufferPointer { bytes in
      unsafe scanner.scan(bytes) { _, field in fields.append(unsafe FieldScanner.text(of: field)) }
    }
    guard count != nil else { throw SampleError("line \(line + 1): a quoted field isn't closed") }
    let layout = try ColumnLayout(choice, fields: fields, inputSize: inputSize)
    roles = ColumnRoles(layout).roles
    self.layout = layout
    return layout
  }

  private mutating func skipByteOrderMark(_ buffer: InputBuffer) {
    guard unsafe buffer.bytes.starts(with: [0xef, 0xbb, 0xbf]) else { return }
    finder.take(3, from: buffer)
    offset = 3
  }

  // MARK: Samples

  public mutating func fill(
    _ block: SampleBlock, limit: Int, from buffer: InputBuffer, isEnd: Bool
  ) -> FillResult {
    if dropped > 0 { dropRest(buffer, isEnd: isEnd) }
    if isBehindOpenLine, let error = closeLine(buffer, isEnd: isEnd) { return .malformed(error) }
    if repeatedHeader != nil { passRepeatedHeader(buffer, isEnd: isEnd) }
    let most = min(limit, block.capacity)
    while block.count < most {
      guard let line = finder.next(in: buffer, isEnd: isEnd) else {
        return buffer.isFull ? .malformed(tooLong(buffer)) : .needsInput
      }
      if unsafe LineFinder.hasFields(line.text, unlessComment: hasComments) {
        guard unsafe read(line.text, into: block) else {
          return unsafe .malformed(complaint(about: line.text))
        }
        block.count &+= 1
        isBehindOpenLine = line.isOpen
      }
      take(line, from: buffer)
    }
    return .isFull
  }

  public mutating func skip(from buffer: InputBuffer) {
    if let found = finder.next(in: buffer, isEnd: false) {
      skipped += 1
      if isBehindOpenLine { line -= 1 }  // which counted already
      isBehindOpenLine = false
      take(found, from: buffer)
    } else if buffer.isFull {
      drop(buffer)
    } else if let found = finder.next(in: buffer, isEnd: true) {
      skipped += 1
      isBehindOpenLine = true
      take(found, from: buffer)
    }
  }

  private mutating func take(_ found: LineFinder.Line, from buffer: InputBuffer) {
    offset &+= UInt64(found.size)
    line &+= 1
    finder.take(found.size, from: buffer)
  }

  // MARK: One line

  /// Reads a line's fields to the block's end, where they don't count yet.
  ///
  /// - Returns: whether they are as they should be
  @inline(__always)
  private func read(_ text: UnsafeBufferPointer<UInt8>, into block: SampleBlock) -> Bool {
    let inputs = unsafe block.inputs + block.count &* block.inputSize
    let texts = unsafe block.carriedText + block.count &* block.carriedCount
    var isGood = true
    let count = unsafe scanner.scan(text) { column, field in
      guard column < roles.count else { return }
      let role = roles[column]
      if role.input >= 0 {
        let value = unsafe DecimalReader.read(FieldScanner.value(of: field)) ?? .nan
        unsafe inputs[role.input] = value
        // Of a NaN this is false.
        isGood = isGood && value.magnitude <= limit
      }
      if role.text >= 0 { unsafe texts[role.text] = field }
      if role.isTime {
        let time = unsafe Timestamp.read(FieldScanner.value(of: field))
        unsafe block.times[block.count] = time ?? .nan
        isGood = isGood && time != nil
      }
    }
    return isGood && count == roles.count
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
    return SampleError("\(place), \(wrong ?? "")")
  }

  /// The beginning of a field, fit for a terminal.
  private func shown(_ field: UnsafeBufferPointer<UInt8>) -> String {
    if field.isEmpty { return "nothing" }
    var text = ""
    for scalar in unsafe String(decoding: field.prefix(40), as: UTF8.self).unicodeScalars {
      text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "?" : scalar)
    }
    return "'\(text)'" + (field.count > 40 ? "..." : "")
  }

  /// It doesn't count: the input as a whole has it once.
  private mutating func passRepeatedHeader(_ buffer: InputBuffer, isEnd: Bool) {
    guard let header = repeatedHeader, let found = finder.next(in: buffer, isEnd: isEnd) else {
      return
    }
    if unsafe header.elementsEqual(found.text) { finder.take(found.size, from: buffer) }
    repeatedHeader = nil
  }

  // MARK: Lines that don't end

  private func tooLong(_ buffer: InputBuffer) -> SampleError {
    SampleError(
      "line \(line + 1): is longer than \(buffer.capacity - 1) bytes; are these lines of text?")
  }

  /// The line feed that ends the open line may have come; anything else there is wrong.
  private mutating func closeLine(_ buffer: InputBuffer, isEnd: Bool) -> SampleError? {
    guard let found = finder.next(in: buffer, isEnd: isEnd) else { return nil }
    guard unsafe found.text.isEmpty else {
      return unsafe SampleError(
        "line \(line): was taken in without a line feed at its end, and now goes on with "
          + shown(found.text))
    }
    isBehindOpenLine = found.isOpen
    offset += UInt64(found.size)
    finder.take(found.size, from: buffer)
    return nil
  }

  /// Takes a part of a line that is too long.
  private mutating func drop(_ buffer: InputBuffer) {
    dropped += UInt64(buffer.count)
    finder.take(buffer.count, from: buffer)
  }

  /// Takes the rest of that line, which counts only when it's over.
  private mutating func dropRest(_ buffer: InputBuffer, isEnd: Bool) {
    if let found = finder.next(in: buffer, isEnd: isEnd) {
      offset += dropped
      (dropped, skipped) = (0, skipped + 1)
      isBehindOpenLine = found.isOpen
      take(found, from: buffer)
    } else {
      drop(buffer)
    }
  }
}
