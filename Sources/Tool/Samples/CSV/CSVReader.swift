// SPDX-License-Identifier: MIT

/// Reads samples from CSV, one sample a line.
///
/// A LineFinder finds the next line in the buffer, the CSVParser its fields, and the roles of the
/// columns say what each field is: an input, the time, a text to copy. Blank lines and lines that
/// begin with # are passed over. A header may come again where files were joined, and is passed
/// over; another header is refused, as the columns after it may be others. Each line is parsed
/// once; only a line that is no sample, or a doubtful one, is parsed again, for the message.
public struct CSVReader: SampleReader {
  public internal(set) var offset: UInt64 = 0
  public internal(set) var line: UInt64 = 0
  public internal(set) var skipped: UInt64 = 0
  public internal(set) var isAfterOpenLine = false
  public internal(set) var layout: ColumnLayout?
  /// Whether lines that begin with # are passed over.
  public var hasComments = true
  public var rules = SampleRules()
  public internal(set) var memory = SampleMemory()
  /// To be set before the first line, if the layout has columns of keys.
  public var keys: KeyTable?

  let dialect: CSVDialect
  /// The largest magnitude of an input.
  let limit: Float
  var parser: CSVParser { CSVParser(separator: dialect.separator) }
  var finder = LineFinder()
  var roles: [ColumnRoles.Role] = []
  /// Which of the copied texts are the key's.
  var keyPlaces: [Int] = []
  /// Memory for a key that isn't in its line as it is.
  var joinedKey: [UInt8] = []
  /// The first line of the stream's first input that isn't blank or a comment.
  var firstLine: [UInt8] = []
  /// What the buffer begins with; nil after the start.
  var start: Start?
  /// Whether a line that is no sample may be a header: false when the user says that there is none.
  var mayHaveHeader = true
  var labels = ColumnChoice.Labels()
  /// Whether the header has numbers in it, so that it may read as a sample.
  var headerMayBeSample = false
  /// Bytes already dropped of a line that is too long.
  var dropped: UInt64 = 0
  /// Lines that are left out next and aren't counted, as the header before them wasn't. They aren't
  /// remembered either: the next rest of the input may begin with the header, or with a sample.
  var uncountedToPass: UInt64 = 0
  /// Whether a header came before the lines that are left out next.
  var isAfterHeader = false
  /// Of the lines that were left out before the layout was known: one that is like a header, and the
  /// number of one that is a sample then.
  var headerLeftOut: ColumnLayout?
  var sampleLeftOut: UInt64?
  /// Whether the samples before the first one here were read by another run.
  var isResumed = false
  /// What the next line may have.
  var acceptsGap = false
  var acceptsBadValues = false

  enum Start {
    /// The rest of an input. It may begin with the header, which isn't counted as a line.
    case rest
    /// Another file. It may begin with the header.
    case file
  }

  public init(_ dialect: CSVDialect = CSVDialect(), limit: Float) {
    (self.dialect, self.limit) = (dialect, limit)
    memory.linesToPass = dialect.linesBefore
  }

  // MARK: Samples

  public mutating func fill(
    _ block: SampleBlock, limit: Int, from buffer: InputBuffer, isEnd: Bool
  ) -> FillResult {
    let before = block.count
    let result = fillLines(block, limit: limit, from: buffer, isEnd: isEnd)
    if block.count > before && keys == nil {
      memory.remember(block, hasTimes: layout?.time != nil, holds: rules.holds)
    }
    return result
  }

  private mutating func fillLines(
    _ block: SampleBlock, limit: Int, from buffer: InputBuffer, isEnd: Bool
  ) -> FillResult {
    if dropped > 0 { dropRest(buffer, isEnd: isEnd) }
    if start != nil, let refusal = passStart(buffer, isEnd: isEnd) { return refusal }
    if isAfterOpenLine, let error = closeLine(buffer, isEnd: isEnd) { return .malformed(error) }
    let most = min(limit, block.capacity)
    let (watchesTimes, hasKeys) = (watchesTimes, keys != nil)
    while block.count < most {
      if hasLinesToPass, let result = passLines(buffer, isEnd: isEnd) { return result }
      guard let line = finder.next(in: buffer, isEnd: isEnd) else {
        return buffer.isFull ? .malformed(tooLong(buffer)) : .needsInput
      }
      if unsafe LineFinder.hasFields(line.text, commentsAllowed: hasComments) {
        if unsafe headerMayBeSample && firstLine.elementsEqual(line.text) {
          passHeader()
        } else if unsafe read(line.text, into: block) && (!hasKeys || findStream(in: block))
          && (!watchesTimes || isTimeExpected(in: block))
        {
          if hasKeys { remember(block) }
          block.count &+= 1
        } else if let result = unsafe decide(about: line.text, block) {
          return result
        }
        isAfterOpenLine = line.isOpen
      }
      advance(past: line, in: buffer)
    }
    return .isFull
  }

  public mutating func skip(from buffer: InputBuffer) {
    (acceptsGap, acceptsBadValues) = (false, false)
    if let found = finder.next(in: buffer, isEnd: false) {
      skipped += 1
      // Its beginning was counted before, unless that is in the file before this one.
      if isAfterOpenLine && line > 0 { line -= 1 }
      isAfterOpenLine = false
      advance(past: found, in: buffer)
    } else if buffer.isFull {
      drop(buffer)
    } else if let found = finder.next(in: buffer, isEnd: true) {
      skipped += 1
      isAfterOpenLine = true
      advance(past: found, in: buffer)
    }
  }

  public mutating func skipRepeat(from buffer: InputBuffer) {
    let before = skipped
    skip(from: buffer)
    (skipped, memory.repeats) = (before, memory.repeats + 1)
  }

  public mutating func accept(_ doubt: SampleDoubt) {
    switch doubt {
    case .gap: acceptsGap = true
    case .badValue: acceptsBadValues = true
    case .repeat: break
    }
  }

  mutating func advance(past found: LineFinder.Line, in buffer: InputBuffer) {
    offset &+= UInt64(found.size)
    line &+= 1
    finder.remove(found.size, from: buffer)
  }

  /// Writes a line's fields to the block after its last sample.
  ///
  /// - Returns: whether they are a sample
  @inline(__always)
  private func read(_ text: UnsafeBufferPointer<UInt8>, into block: SampleBlock) -> Bool {
    let inputs = unsafe block.inputs + block.count &* block.inputSize
    let texts = unsafe block.carriedText + block.count &* block.carriedCount
    var isSample = true
    let point = dialect.decimal
    let count = unsafe parser.parse(text) { column, field in
      guard column < roles.count else { return }
      let role = roles[column]
      if role.input >= 0 {
        let value = unsafe DecimalReader.read(CSVParser.value(of: field), point: point) ?? .nan
        unsafe inputs[role.input] = value
        // False for NaN.
        isSample = isSample && value.magnitude <= limit
      }
      if role.text >= 0 { unsafe texts[role.text] = field }
      if role.time != .none {
        let time = unsafe time(CSVParser.value(of: field), role.time) ?? .nan
        let other = unsafe role.isSecondPart ? block.times[block.count] : 0
        unsafe block.times[block.count] = other + time
        isSample = isSample && !time.isNaN
      }
    }
    return isSample && count == roles.count
  }

  /// The time, or the part of a time, that a field has.
  @inline(never)
  func time(_ text: UnsafeBufferPointer<UInt8>, _ part: ColumnRoles.Time) -> Double? {
    switch part {
    case .none: nil
    case .whole: unsafe Timestamp.read(text, as: dialect.times, point: dialect.decimal)
    case .date: unsafe Timestamp.date(text, as: dialect.times)
    case .ofDay: unsafe Timestamp.timeOfDay(text, as: dialect.times)
    }
  }

  // MARK: Long and open lines

  func tooLong(_ buffer: InputBuffer) -> SampleError {
    SampleError(
      "line \(line + 1): found more than \(buffer.capacity - 1) bytes, expected a shorter line; "
        + "are these lines of text?")
  }

  /// Passes over the line feed of the open line, if it has come. Anything else is an error.
  mutating func closeLine(_ buffer: InputBuffer, isEnd: Bool) -> SampleError? {
    guard let found = finder.next(in: buffer, isEnd: isEnd) else { return nil }
    guard unsafe found.text.isEmpty else {
      let text = unsafe shown(found.text)
      return SampleError(
        line > 0
          ? "line \(line): was taken in without a line feed at its end, and now continues with "
            + text
          : "line 1: found \(text), which may be the rest of the line that the file before this "
            + "one ended in; expected the header, or another line before it")
    }
    isAfterOpenLine = found.isOpen
    offset += UInt64(found.size)
    finder.remove(found.size, from: buffer)
    return nil
  }

  /// Removes a part of a line that is too long.
  private mutating func drop(_ buffer: InputBuffer) {
    dropped += UInt64(buffer.count)
    finder.remove(buffer.count, from: buffer)
  }

  /// Removes the rest of that line, and counts the line when it ends.
  private mutating func dropRest(_ buffer: InputBuffer, isEnd: Bool) {
    if let found = finder.next(in: buffer, isEnd: isEnd) {
      offset += dropped
      (dropped, skipped) = (0, skipped + 1)
      isAfterOpenLine = found.isOpen
      advance(past: found, in: buffer)
    } else {
      drop(buffer)
    }
  }
}
