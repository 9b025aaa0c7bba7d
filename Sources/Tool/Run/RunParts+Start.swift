// SPDX-License-Identifier: MIT

import LeatSamples

/// What is done once, before the first sample.
extension RunParts {
  private var resumePoint: StoredStream.ResumePoint? { stored?.resumePoint }

  /// Bytes of a row of raw outputs; nil of lines of text.
  private var rowSize: Int? { options.outputFormat == .f32 ? 4 * model.outputSize : nil }

  /// Whether the output begins with this run.
  var isNewOutput: Bool {
    guard let cursor = resumePoint?.cursor else { return true }
    return cursor.outputKind == .standardOutput && options.output != nil
  }

  /// Refuses an output that may not be written, before anything is.
  func checkOutput() throws {
    // A run that reads its own rows would never end.
    try NewFile.check(
      options.output ?? FileIdentity.standardOutput,
      besides: options.readFiles + [options.state].compactMap { $0 })
    guard let path = options.output else {
      if resumePoint?.cursor.outputKind == .file {
        throw ToolError(
          .usage,
          "the rows before the checkpoint are in a file: --output says which, --restart starts the "
            + "stream over")
      }
      return
    }
    guard let status = FileStatus(of: path) else { return }
    let isFile = status.kind == .regular
    if stored != nil && !isFile {
      throw ToolError(
        .usage, "\(path): isn't a file, which --output must be with --store: its rows must stay")
    }
    if isNewOutput && isFile && status.size > 0 && !options.replaces {
      throw ToolError(.cantCreate, "\(path): exists already; --force replaces it")
    }
    if let point = resumePoint, !isNewOutput, point.cursor.hasEnded, !point.checkpoint.isFallback,
      status.size > point.cursor.output.offset
    {
      throw ToolError(
        .data,
        "\(path): found \(status.size) bytes, expected \(point.cursor.output.offset), which the last "
          + "run has written; another program wrote the rest. --restart starts the stream over")
    }
  }

  /// Adds this start or resume, and the kill before it, to the stream's history.
  func addEvents(to history: inout History) throws {
    // When the newest checkpoint is damaged, it isn't known whether the run ended with it.
    if let point = resumePoint, !point.cursor.hasEnded && !point.checkpoint.isFallback {
      history.add(
        try KilledRun.event(
          point, output: isNewOutput ? nil : options.output, rowSize: rowSize,
          hasHeader: layout.hasOutputHeader, samples: { streams.sampleCount(ofOutputs: $0) }))
    }
    history.add(
      .init(
        resumePoint == nil ? .started : .resumed, position: streams.position,
        time: Clock.milliseconds, every: options.every ?? 0))
  }

  /// The cursor of a checkpoint that is saved now, without the output's mark.
  func cursor(_ reader: any SampleReader, _ history: History) throws -> RunCursor {
    let inputs = options.rules.holds ? 4 * model.inputSize : 0
    let remembered =
      options.mostStreams == nil ? inputs : StreamLimit(options, model).remembered
    let size = firstLine.count + layout.summary.utf8.count + remembered
    guard stored == nil || size <= RunCursor.textCapacity else {
      throw ToolError(
        .data,
        "\(input.name): found \(size) bytes in the first line and the choice of columns together"
          + (remembered > 0 ? ", and in the last times and values that the options need" : "")
          + ", expected at most \(RunCursor.textCapacity), as a checkpoint holds")
    }
    var cursor = RunCursor(
      input: input.source.mark(at: reader.offset, buffer), line: reader.line,
      skipped: reader.skipped,
      isAfterOpenLine: reader.isAfterOpenLine, firstLine: firstLine,
      outputKind: options.output == nil ? .standardOutput : .file,
      output: .init(before: 0, startingWith: []), layout: layout.summary, history: history)
    (cursor.file, cursor.start, cursor.memory) = (input.inode, input.start, reader.memory)
    return cursor
  }

  func openOutput(_ cursor: RunCursor) throws -> OutputSink {
    // A row of carried text is no longer than its line.
    let capacity = 1 << 17 + CSVWriter.size(outputs: model.outputSize) + buffer.capacity
    let mark = isNewOutput ? nil : resumePoint?.cursor.output
    let sink =
      try options.output.map { path in
        try OutputSink(
          path: path, after: mark, replaces: options.replaces, rowSize: rowSize,
          capacity: capacity)
      } ?? OutputSink(after: mark, rowSize: rowSize, capacity: capacity)
    if isNewOutput {
      // The first checkpoint is saved before the file is changed: a run that is killed after it has
      // written rows has a checkpoint that says which file they are in.
      var cursor = cursor
      cursor.output = try sink.sync()
      try stored?.save(streams, cursor)
    }
    try sink.cut()
    // An output that continues has a header already; standard output, too.
    if layout.hasOutputHeader, isNewOutput || resumePoint?.cursor.output.offset == 0,
      try !sink.write(layout.outputHeader)
    {
      // The checkpoint before the first row is saved already.
      Interruption.endIfSignalled()
    }
    return sink
  }
}
