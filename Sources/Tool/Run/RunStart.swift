// SPDX-License-Identifier: MIT

import LeatSamples

/// What a run does once, before its first sample.
enum RunStart {
  /// Adds this start or resume, and the kill before it, to what has happened to the stream.
  static func addEvents(to history: inout History, _ parts: RunOpening) throws {
    guard let found = parts.keeper?.found else {
      history.add(
        .init(
          .started, position: parts.stream.position, time: Clock.milliseconds,
          every: parts.command.every ?? 0))
      return
    }
    // One that was passed over as damaged may have told of an end.
    if !found.cursor.hasEnded && !found.isFallback {
      let raw = parts.command.writtenFormat == .f32
      history.add(
        try KilledRun.event(
          found, output: parts.isNewOutput ? nil : parts.command.output,
          rowSize: raw ? 4 * parts.model.outputSize : nil,
          hasHeader: parts.layout.hasOutputHeader))
    }
    history.add(
      .init(
        .resumed, position: parts.stream.position, time: Clock.milliseconds,
        every: parts.command.every ?? 0))
  }

  /// What is saved of where a run stands, but for the output's place.
  static func cursor(
    _ parts: RunOpening, _ reader: any SampleReader, _ history: History
  ) throws -> RunCursor {
    let layout = parts.layout.summary
    guard parts.keeper == nil || parts.firstLine.count + layout.utf8.count <= RunCursor.textCapacity
    else {
      throw ToolError(
        .data,
        "\(parts.input.name): the first line and the choice of columns have "
          + "\(parts.firstLine.count + layout.utf8.count) bytes together, of which a checkpoint "
          + "holds \(RunCursor.textCapacity)")
    }
    var cursor = RunCursor(
      input: parts.input.source.mark(at: reader.offset, parts.buffer), line: reader.line,
      skipped: reader.skipped,
      isBehindOpenLine: reader.isBehindOpenLine, firstLine: parts.firstLine,
      outputKind: parts.command.output == nil ? .standardOutput : .file,
      output: .init(before: 0, startingWith: []), layout: layout, history: history)
    (cursor.file, cursor.start) = (parts.input.fileNumber, parts.input.start)
    return cursor
  }

  static func openOutput(_ parts: RunOpening, _ cursor: RunCursor) throws -> OutputSink {
    // A row of carried text is no longer than its line.
    let capacity =
      1 << 17 + RowWriter.size(outputs: parts.model.outputSize) + parts.buffer.capacity
    let mark = parts.isNewOutput ? nil : parts.keeper?.found?.cursor.output
    let rowSize = parts.command.writtenFormat == .f32 ? 4 * parts.model.outputSize : nil
    let sink =
      try parts.command.output.map { path in
        try OutputSink(
          path: path, behind: mark, replaces: parts.command.force, rowSize: rowSize,
          capacity: capacity)
      } ?? OutputSink(behind: mark, rowSize: rowSize, capacity: capacity)
    if parts.isNewOutput {
      // Before the file is touched, and once it's sure that it can be: whoever is killed and leaves
      // rows, leaves this too.
      var cursor = cursor
      cursor.output = try sink.sync()
      try parts.keeper?.save(parts.stream, cursor)
    }
    try sink.cut()
    try writeHeader(parts, to: sink)
    return sink
  }

  /// Rows that go on have theirs already, on standard output too.
  private static func writeHeader(_ parts: RunOpening, to sink: OutputSink) throws {
    let place = parts.keeper?.found?.cursor
    guard parts.layout.hasOutputHeader, parts.isNewOutput || place?.output.offset == 0 else {
      return
    }
    if try !sink.write(parts.layout.outputHeader), let signal = Interruption.signal() {
      // The checkpoint before the first row is there already.
      Interruption.end(by: signal)
    }
  }
}
