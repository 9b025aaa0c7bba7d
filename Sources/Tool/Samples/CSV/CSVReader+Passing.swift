// SPDX-License-Identifier: MIT

/// Lines that are left out because of their place: before the header, and after it.
extension CSVReader {
  func isHeader(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    unsafe layout?.hasHeader == true && firstLine.elementsEqual(text)
  }

  var hasLinesToPass: Bool { memory.linesToPass | uncountedToPass != 0 }

  /// The lines after a header come next.
  mutating func passHeader() {
    (memory.linesToPass, uncountedToPass) = (dialect.linesAfter, 0)
    isAfterHeader = true
  }

  /// Passes over the lines that are left out next, or up to the header, which may come before that.
  ///
  /// - Parameter layout: what decides the layout after these lines; nil when it is known
  /// - Returns: nil when all of them were passed
  mutating func passLines(
    _ buffer: InputBuffer, isEnd: Bool,
    before layout: (choice: ColumnChoice, inputSize: Int)? = nil
  ) -> FillResult? {
    while hasLinesToPass {
      if isAfterOpenLine, let error = closeLine(buffer, isEnd: isEnd) { return .malformed(error) }
      guard let found = finder.next(in: buffer, isEnd: isEnd) else {
        return buffer.isFull ? .refused(tooLong(buffer)) : .needsInput
      }
      if unsafe isHeader(found.text) {
        (memory.linesToPass, uncountedToPass) = (0, 0)
        return nil
      }
      if let refusal = unsafe refusal(of: found.text) { return refusal }
      if let layout { unsafe notice(found.text, layout.choice, inputSize: layout.inputSize) }
      pass(found, buffer)
    }
    return nil
  }

  mutating func pass(_ found: LineFinder.Line, _ buffer: InputBuffer) {
    isAfterOpenLine = found.isOpen
    if uncountedToPass > 0 {
      uncountedToPass -= 1
      finder.remove(found.size, from: buffer)
    } else {
      memory.linesToPass -= 1
      advance(past: found, in: buffer)
    }
  }

  // MARK: Samples among them

  /// Refuses to leave out a line that is a sample: the input isn't as the user says, and it would be
  /// lost without a word.
  ///
  /// - Returns: nil when the line isn't one, or the layout isn't known
  func refusal(of text: UnsafeBufferPointer<UInt8>) -> FillResult? {
    guard layout != nil, unsafe LineFinder.hasFields(text, commentsAllowed: hasComments),
      unsafe fault(in: text) == nil
    else { return nil }
    return .refused(sampleInPassedLines(line + 1))
  }

  func sampleInPassedLines(_ line: UInt64) -> SampleError {
    let (count, label) =
      isAfterHeader
      ? (dialect.linesAfter, labels.linesAfter) : (dialect.linesBefore, labels.linesBefore)
    let lines = count == 1 ? "the line" : "one of the \(count) lines"
    return SampleError("line \(line) is a sample, expected \(lines) that \(label) leaves out")
  }

  /// Looks for a header with samples in the lines before the layout is known.
  mutating func notice(
    _ text: UnsafeBufferPointer<UInt8>, _ choice: ColumnChoice, inputSize: Int
  ) {
    guard sampleLeftOut == nil,
      unsafe LineFinder.hasFields(text, commentsAllowed: hasComments),
      let fields = unsafe fields(of: text)
    else { return }
    if HeaderLine.areNames(fields) {
      headerLeftOut = try? ColumnLayout(
        choice, fields: fields, inputSize: inputSize, times: dialect.times)
      return
    }
    guard let headerLeftOut else { return }
    var reader = self
    (reader.layout, reader.roles) = (headerLeftOut, ColumnRoles(headerLeftOut).roles)
    if unsafe reader.fault(in: text) == nil { sampleLeftOut = line + 1 }
  }

  /// Why an input that has ended has no layout.
  public var noLine: SampleError {
    let lines = line > 0 && dialect.linesBefore > 0
    return SampleError(
      "holds no line" + (lines ? " but those that \(labels.linesBefore) leaves out" : "")
        + ", expected a header or a sample")
  }
}
