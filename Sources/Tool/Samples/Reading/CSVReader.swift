// SPDX-License-Identifier: MIT

/// Reads samples from lines of text, one a line: fields between separators, in quotes or not, as
/// RFC 4180 has them. Blank lines, and those that begin with #, are passed over.
public struct CSVReader: SampleReader {
  public internal(set) var offset: UInt64 = 0
  public internal(set) var line: UInt64 = 0
  public internal(set) var skipped: UInt64 = 0
  public internal(set) var isBehindOpenLine = false
  public internal(set) var layout: ColumnLayout?
  /// Whether lines that begin with # are passed over.
  public var hasComments = true

  let separator: UInt8
  /// Magnitudes beyond it aren't taken in.
  let limit: Float
  var scanner: FieldScanner { FieldScanner(separator: separator) }
  var finder = LineFinder()
  var roles: [ColumnRoles.Role] = []
  /// The first line with fields of the stream's first input.
  var firstLine: [UInt8] = []
  /// What the buffer's front is the start of.
  var beginning: Beginning?
  /// Whether a line that is no sample may be a header: unless the user says that there is none.
  var mayHaveHeader = true
  /// Whether there is a header with numbers in it, which may read as a sample.
  var headerMayBeSample = false
  /// Bytes that were dropped of a line that is too long.
  var dropped: UInt64 = 0

  enum Beginning {
    /// The rest of an input, which may have the header once more; it doesn't count.
    case rest
    /// Another file, which may have the header too.
    case file
  }

  public init(separator: UInt8, limit: Float) {
    (self.separator, self.limit) = (separator, limit)
  }

  // MARK: Samples

  public mutating func fill(
    _ block: SampleBlock, limit: Int, from buffer: InputBuffer, isEnd: Bool
  ) -> FillResult {
    if dropped > 0 { dropRest(buffer, isEnd: isEnd) }
    if beginning != nil, let refusal = begin(buffer, isEnd: isEnd) { return refusal }
    if isBehindOpenLine, let error = closeLine(buffer, isEnd: isEnd) { return .malformed(error) }
    let most = min(limit, block.capacity)
    while block.count < most {
      guard let line = finder.next(in: buffer, isEnd: isEnd) else {
        return buffer.isFull ? .malformed(tooLong(buffer)) : .needsInput
      }
      if unsafe LineFinder.hasFields(line.text, unlessComment: hasComments) {
        if unsafe headerMayBeSample && firstLine.elementsEqual(line.text) {
          // The header once more.
        } else if unsafe read(line.text, into: block) {
          block.count &+= 1
        } else if let trouble = unsafe trouble(in: line.text) {
          return trouble
        }
        isBehindOpenLine = line.isOpen
      }
      take(line, from: buffer)
    }
    return .isFull
  }

  public mutating func skip(from buffer: InputBuffer) {
    if let found = finder.next(in: buffer, isEnd: false) {
      skipped += 1
      // Which counted already, unless it's another file's.
      if isBehindOpenLine && line > 0 { line -= 1 }
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

  mutating func take(_ found: LineFinder.Line, from buffer: InputBuffer) {
    offset &+= UInt64(found.size)
    line &+= 1
    finder.take(found.size, from: buffer)
  }

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

  // MARK: Lines that don't end

  func tooLong(_ buffer: InputBuffer) -> SampleError {
    SampleError(
      "line \(line + 1): is longer than \(buffer.capacity - 1) bytes; are these lines of text?")
  }

  /// The line feed that ends the open line may have come; anything else there is wrong.
  private mutating func closeLine(_ buffer: InputBuffer, isEnd: Bool) -> SampleError? {
    guard let found = finder.next(in: buffer, isEnd: isEnd) else { return nil }
    guard unsafe found.text.isEmpty else {
      let text = unsafe shown(found.text)
      return SampleError(
        line > 0
          ? "line \(line): was taken in without a line feed at its end, and now goes on with \(text)"
          : "line 1: found \(text), which may be the rest of the line that the file before this one "
            + "ended in; expected the header, or another line before it")
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
