// SPDX-License-Identifier: MIT

/// Lines that are left out because of their place: before the header, and after it.
extension CSVReader {
  func isHeader(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    unsafe layout?.hasHeader == true && firstLine.elementsEqual(text)
  }

  /// The lines after a header come next.
  mutating func passHeader() {
    memory.linesToPass = dialect.linesAfter
    passesUncounted = false
  }

  /// Passes over the lines that are left out next, or up to the header, which may come before that.
  ///
  /// - Returns: nil when all of them were passed
  mutating func passLines(_ buffer: InputBuffer, isEnd: Bool) -> FillResult? {
    while memory.linesToPass > 0 {
      if isAfterOpenLine, let error = closeLine(buffer, isEnd: isEnd) { return .malformed(error) }
      guard let found = finder.next(in: buffer, isEnd: isEnd) else {
        return buffer.isFull ? .refused(tooLong(buffer)) : .needsInput
      }
      if unsafe isHeader(found.text) {
        memory.linesToPass = 0
        return nil
      }
      pass(found, buffer)
    }
    return nil
  }

  mutating func pass(_ found: LineFinder.Line, _ buffer: InputBuffer) {
    memory.linesToPass -= 1
    isAfterOpenLine = found.isOpen
    if passesUncounted {
      finder.remove(found.size, from: buffer)
    } else {
      advance(past: found, in: buffer)
    }
  }
}
