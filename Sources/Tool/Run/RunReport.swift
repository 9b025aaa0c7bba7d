// SPDX-License-Identifier: MIT

import LeatSamples

/// What a run says on standard error of itself: where it began, and what it did.
struct RunReport {
  private let parts: RunOpening
  private let position: UInt64
  private let clock = ContinuousClock.now

  init(_ parts: RunOpening) {
    self.parts = parts
    position = parts.stream.position
  }

  private func say(_ line: String) {
    if !parts.command.quiet { Terminal.complain(Text.printable(line)) }
  }

  func begin(_ reader: any SampleReader) {
    let sample = "sample \(Figures.grouped(position))"
    if parts.keeper?.found != nil {
      say("resumed at \(sample)")
    } else {
      if let line = firstLine(reader) { say("\(parts.input.name): \(line)") }
      if parts.keeper != nil || parts.command.state != nil { say("began at \(sample)") }
    }
  }

  /// What the first line was taken for, where that may be wrong.
  private func firstLine(_ reader: any SampleReader) -> String? {
    guard let columns = parts.layout.columns else { return nil }
    if let header = columns.header {
      return "line \(reader.line) is taken for a header: \(header)"
    }
    // So pandas calls columns that have no names.
    let numbers = (0..<columns.fieldCount).map { "\($0)" }.joined(separator: parts.layout.glue)
    guard columns.fieldCount > 1, parts.firstLine.elementsEqual(numbers.utf8),
      parts.command.header == nil
    else { return nil }
    return "the first line, \(numbers), is taken for a sample; if it's a header, say --header"
  }

  func replaced() {
    let (name, path) = (parts.input.name, parts.command.input)
    say("\(path): was replaced; goes on with \(name == path ? "the new file" : name)")
  }

  func copied() {
    say(
      "\(parts.command.input): was replaced by a file that begins with what was read; goes on after that"
    )
  }

  /// Lines may be lost, so this is said under `--quiet` as well.
  func cut() {
    Terminal.complain(
      "\(parts.input.name): was cut, and is read from its start; what may have been added between "
        + "the last read and the cut isn't there any more")
  }

  func end() {
    let count = parts.stream.position - position
    let seconds = (ContinuousClock.now - clock).seconds
    var line = "\(counted(count, "sample")) in \(Figures.duration(seconds: seconds))"
    if let keeper = parts.keeper {
      line += "; \(counted(keeper.count, "checkpoint")) in \(keeper.path)"
    }
    say(line)
  }

  private func counted(_ count: UInt64, _ unit: String) -> String {
    "\(Figures.grouped(count)) \(unit)\(count == 1 ? "" : "s")"
  }
}
