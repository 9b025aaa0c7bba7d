// SPDX-License-Identifier: MIT

/// The start of an input, of the rest of an input, and of a file that follows it.
extension CSVReader {
  /// Decides the layout from the first line that isn't blank or a comment. A header is passed over.
  ///
  /// - Returns: that line; nil when the buffer has no whole line
  public mutating func readLayout(
    _ choice: ColumnChoice, inputSize: Int, from buffer: InputBuffer, isEnd: Bool
  ) throws(SampleError) -> [UInt8]? {
    if offset == 0, let kind = unsafe FileSignature.kind(of: buffer.bytes) {
      throw SampleError(kind)
    }
    labels = choice.labels
    if case .refused(let error) = passLines(buffer, isEnd: isEnd, before: (choice, inputSize)) {
      throw error
    }
    guard memory.linesToPass == 0 else { return nil }
    while let line = finder.next(in: buffer, isEnd: isEnd) {
      if unsafe LineFinder.hasFields(line.text, commentsAllowed: hasComments) {
        if let defect = unsafe FileSignature.defect(in: line.text) {
          throw SampleError("line \(self.line + 1): \(defect)")
        }
        let bytes = unsafe Array(line.text)
        if let sampleLeftOut, choice.hasHeader != false,
          unsafe !HeaderLine.areNames(fields(of: line.text) ?? [])
        {
          throw sampleInPassedLines(sampleLeftOut)
        }
        let layout = try layout(choice, inputSize: inputSize, firstLine: bytes)
        if layout.hasHeader {
          advance(past: line, in: buffer)
          passHeader()
        } else if dialect.linesAfter > 0 {
          throw SampleError(
            "line \(self.line + 1): holds no names, expected the header that the lines to leave "
              + "out come after; if it is one, say \(labels.header)")
        }
        return bytes
      }
      advance(past: line, in: buffer)
    }
    if buffer.isFull {
      let defect = unsafe FileSignature.defect(in: buffer.bytes)
      throw defect.map { SampleError("line \(line + 1): \($0)") } ?? tooLong(buffer)
    }
    return nil
  }

  /// Continues in an input of which a part was read before.
  ///
  /// - Parameter mayRepeatHeader: whether the rest may begin with the header, which is then passed
  ///   over
  public mutating func resume(
    _ choice: ColumnChoice, inputSize: Int, firstLine: [UInt8], offset: UInt64, line: UInt64,
    skipped: UInt64, isAfterOpenLine: Bool, memory: SampleMemory = SampleMemory(),
    mayRepeatHeader: Bool
  ) throws(SampleError) {
    _ = try layout(choice, inputSize: inputSize, firstLine: firstLine)
    self.memory = memory
    self.memory.check(inputSize: inputSize, limit: limit)
    self.memory.streams.prepare(
      streams: keys?.count ?? 0, hasTimes: watchesTimes, inputSize: rules.holds ? inputSize : 0,
      limit: limit)
    isResumed = true
    // Of a header that came early this is wrong, which changes only the name in a message.
    isAfterHeader = line + self.memory.linesToPass != dialect.linesBefore
    if mayRepeatHeader { start = .rest }
    (self.offset, self.line, self.skipped) = (offset, line, skipped)
    self.isAfterOpenLine = isAfterOpenLine
  }

  private mutating func layout(
    _ choice: ColumnChoice, inputSize: Int, firstLine: [UInt8]
  ) throws(SampleError) -> ColumnLayout {
    let fields = unsafe firstLine.withUnsafeBufferPointer { bytes -> [String]? in
      unsafe self.fields(of: bytes)
    }
    guard let fields else { throw SampleError("line \(line + 1): a quoted field isn't closed") }
    let layout = try ColumnLayout(
      choice, fields: fields, inputSize: inputSize, times: dialect.times)
    roles = ColumnRoles(layout).roles
    keyPlaces = layout.keys.compactMap(layout.texts.firstIndex)
    mayHaveHeader = choice.hasHeader ?? true
    labels = choice.labels
    headerMayBeSample = layout.hasHeader && !HeaderLine.areNames(fields)
    self.firstLine = firstLine
    self.layout = layout
    return layout
  }

  // MARK: Another file

  public func leftOver(in buffer: InputBuffer) -> FillResult? {
    // A line that is too long was reported before.
    if buffer.isEmpty || dropped > 0 { return nil }
    let found = unsafe shown(buffer.bytes)
    return .malformed(
      SampleError(
        "line \(line + 1): found \(found) without a line feed where the file was cut or replaced"))
  }

  public mutating func beginFile(isWhole: Bool) {
    if dropped > 0 { (dropped, skipped, isAfterOpenLine) = (0, skipped + 1, true) }
    // Lines that are left out begin with the file.
    if isWhole || dialect.linesBefore > 0 { isAfterOpenLine = false }
    memory.linesToPass = dialect.linesBefore
    (uncountedToPass, isAfterHeader) = (0, false)
    (offset, line) = (0, 0)
    finder = LineFinder()
    start = .file
  }

  public mutating func readAgain() {
    finder = LineFinder()
    dropped = 0
  }

  /// Passes over blank lines, comments and the header before the first sample.
  ///
  /// - Returns: the refusal of a file that isn't text
  mutating func passStart(_ buffer: InputBuffer, isEnd: Bool) -> FillResult? {
    let isFile = start == .file
    while let found = finder.next(in: buffer, isEnd: isEnd) {
      if isFile && offset == 0, let kind = unsafe FileSignature.kind(of: buffer.bytes) {
        return .refused(SampleError("the file that follows \(kind)"))
      }
      if isFile && memory.linesToPass > 0, unsafe !isHeader(found.text) {
        if let refusal = unsafe refusal(of: found.text) { return refusal }
        pass(found, buffer)
        continue
      }
      let hasFields = unsafe LineFinder.hasFields(found.text, commentsAllowed: hasComments)
      if isFile && !hasFields && !isAfterOpenLine {
        advance(past: found, in: buffer)
        continue
      }
      if unsafe isHeader(found.text) {
        passHeader()
        if isFile {
          advance(past: found, in: buffer)
        } else {
          finder.remove(found.size, from: buffer)
          (uncountedToPass, memory.linesToPass) = (memory.linesToPass, 0)
        }
        isAfterOpenLine = isFile && found.isOpen
      }
      start = nil
      return nil
    }
    return nil
  }
}
