// SPDX-License-Identifier: MIT

import LeatSamples

/// What a run reports on standard error: where it began, and what it did.
struct RunReport {
  private let parts: RunParts
  private let position: UInt64
  private let clock = ContinuousClock.now

  init(_ parts: RunParts) {
    self.parts = parts
    position = parts.streams.position
  }

  private func say(_ line: String) {
    guard !parts.options.isQuiet else { return }
    let stream = parts.options.isOneOfSeveral ? parts.options.stream.map { "\($0): " } : nil
    Terminal.report(Text.printable((stream ?? "") + line))
  }

  func begin(_ reader: any SampleReader) {
    let sample = "sample \(Figures.grouped(position))"
    if parts.stored?.resumePoint != nil {
      say("resumed at \(sample)")
    } else {
      if let line = firstLine(reader) { say("\(parts.input.name): \(line)") }
      if parts.stored != nil || parts.options.state != nil { say("began at \(sample)") }
    }
  }

  /// What the first line is taken for, where that may be wrong.
  private func firstLine(_ reader: any SampleReader) -> String? {
    guard let columns = parts.layout.columns else { return nil }
    if let header = columns.header {
      let index =
        !columns.index.isEmpty
        ? "; \(ColumnLayout.list(columns.index)) taken for an index, which is no input"
        : !columns.indexInputs.isEmpty
          ? "; \(ColumnLayout.list(columns.indexInputs)) like an index, and taken for an input, as "
            + "the model has that many" : ""
      return "line \(reader.line) is taken for a header: \(header)\(index)"
    }
    // pandas gives columns without names these numbers.
    let numbers = (0..<columns.fieldCount).map { "\($0)" }.joined(
      separator: parts.layout.separatorText)
    guard columns.fieldCount > 1, parts.firstLine.elementsEqual(numbers.utf8),
      parts.options.columns.hasHeader == nil
    else { return nil }
    return "the first line, \(numbers), is taken for a sample; if it is a header, say --header"
  }

  func replaced() {
    let (name, path) = (parts.input.name, parts.options.input)
    say("\(path): was replaced; continues with \(name == path ? "the new file" : name)")
  }

  func next() { say("continues with \(parts.input.name)") }

  func copied() {
    say(
      "\(parts.options.input): was replaced by a file that begins with what was read; continues after that"
    )
  }

  /// Lines may be lost, so this is reported with `--quiet`, too.
  func cut() {
    Terminal.report(
      "\(parts.input.name): was cut, and is read from its start; lines that were added between "
        + "the last read and the cut are lost")
  }

  /// What was left out or changed is reported with `--quiet`, too.
  func end(_ reader: any SampleReader) {
    let count = parts.options.inputs.count
    let (memory, name) = (reader.memory, count > 1 ? "\(count) inputs" : parts.input.name)
    if reader.skipped > 0 {
      let unit = parts.options.inputFormat == .csv ? "malformed line" : "malformed sample"
      Terminal.report("\(name): \(counted(reader.skipped, unit)) skipped in all")
    }
    if memory.repeats > 0 {
      Terminal.report("\(name): \(counted(memory.repeats, "repeated time")) skipped in all")
    }
    if memory.held > 0 {
      let values = counted(memory.held, "bad value")
      Terminal.report("\(name): \(values) replaced by the value before in all")
    }
    if memory.gaps > 0 { Terminal.report("\(name): \(counted(memory.gaps, "gap")) in all") }
    let samples = parts.streams.position - position
    let seconds = (ContinuousClock.now - clock).seconds
    var line = counted(samples, "sample")
    if parts.options.mostStreams != nil {
      line += " on \(counted(UInt64(parts.streams.count), "stream"))"
    }
    line += " in \(Figures.duration(seconds: seconds))"
    if let stored = parts.stored {
      line += "; \(counted(stored.count, "checkpoint")) in \(stored.path)"
    }
    say(line)
  }

  private func counted(_ count: UInt64, _ unit: String) -> String {
    "\(Figures.grouped(count)) \(unit)\(count == 1 ? "" : "s")"
  }
}
