// SPDX-License-Identifier: MIT

/// Where an input, or another part of it, begins.
extension CSVReader {
  /// Finds out from the first line which columns there are, and takes it if it is a header.
  ///
  /// - Returns: the line, or nil when the buffer doesn't hold a whole one
  public mutating func readLayout(
    _ choice: ColumnChoice, inputSize: Int, from buffer: InputBuffer, isEnd: Bool
  ) throws(SampleError) -> [UInt8]? {
    if offset == 0, let kind = unsafe FileSignature.kind(of: buffer.bytes) {
      throw SampleError(kind)
    }
    while let line = finder.next(in: buffer, isEnd: isEnd) {
      if unsafe LineFinder.hasFields(line.text, unlessComment: hasComments) {
        if let trouble = unsafe FileSignature.trouble(in: line.text) {
          throw SampleError("line \(self.line + 1): \(trouble)")
        }
        let bytes = unsafe Array(line.text)
        let layout = try layout(choice, inputSize: inputSize, firstLine: bytes)
        if layout.hasHeader { take(line, from: buffer) }
        return bytes
      }
      take(line, from: buffer)
    }
    if buffer.isFull {
      let trouble = unsafe FileSignature.trouble(in: buffer.bytes)
      throw trouble.map { SampleError("line \(line + 1): \($0)") } ?? tooLong(buffer)
    }
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
    _ = try layout(choice, inputSize: inputSize, firstLine: firstLine)
    if mayRepeatHeader { beginning = .rest }
    (self.offset, self.line, self.skipped) = (offset, line, skipped)
    self.isBehindOpenLine = isBehindOpenLine
  }

  private mutating func layout(
    _ choice: ColumnChoice, inputSize: Int, firstLine: [UInt8]
  ) throws(SampleError) -> ColumnLayout {
    let fields = unsafe firstLine.withUnsafeBufferPointer { bytes -> [String]? in
      unsafe self.fields(of: bytes)
    }
    guard let fields else { throw SampleError("line \(line + 1): a quoted field isn't closed") }
    let layout = try ColumnLayout(choice, fields: fields, inputSize: inputSize)
    roles = ColumnRoles(layout).roles
    mayHaveHeader = choice.hasHeader ?? true
    headerMayBeSample = layout.hasHeader && !HeaderLine.areNames(fields)
    self.firstLine = firstLine
    self.layout = layout
    return layout
  }

  // MARK: Another part

  public func leftOver(in buffer: InputBuffer) -> FillResult? {
    // One that is too long has been complained about.
    if buffer.isEmpty || dropped > 0 { return nil }
    let found = unsafe shown(buffer.bytes)
    return .malformed(
      SampleError(
        "line \(line + 1): found \(found) without a line feed where the file was cut or replaced"))
  }

  public mutating func beginFile(isWhole: Bool) {
    if dropped > 0 { (dropped, skipped, isBehindOpenLine) = (0, skipped + 1, true) }
    if isWhole { isBehindOpenLine = false }
    (offset, line) = (0, 0)
    finder = LineFinder()
    beginning = .file
  }

  public mutating func readAgain() {
    finder = LineFinder()
    dropped = 0
  }

  /// Passes over what may be in front of a part's first sample.
  ///
  /// - Returns: what is wrong with the part as a whole
  mutating func begin(_ buffer: InputBuffer, isEnd: Bool) -> FillResult? {
    let isFile = beginning == .file
    while let found = finder.next(in: buffer, isEnd: isEnd) {
      if isFile && offset == 0, let kind = unsafe FileSignature.kind(of: buffer.bytes) {
        return .refused(SampleError("the file that follows \(kind)"))
      }
      let hasFields = unsafe LineFinder.hasFields(found.text, unlessComment: hasComments)
      if isFile && !hasFields && !isBehindOpenLine {
        take(found, from: buffer)
        continue
      }
      if unsafe layout?.hasHeader == true && firstLine.elementsEqual(found.text) {
        if isFile { take(found, from: buffer) } else { finder.take(found.size, from: buffer) }
        isBehindOpenLine = isFile && found.isOpen
      }
      beginning = nil
      return nil
    }
    return nil
  }
}
