// SPDX-License-Identifier: MIT

import LeatSamples

/// The loop of `leat run`: reads samples, steps them and writes their rows, until the input ends or
/// a signal comes.
///
/// Samples are stepped in blocks: as many as the input has ready, up to 1,024, and fewer for wide
/// models. A checkpoint is saved between two blocks, after the rows are durable, so a kill at any point
/// loses nothing: the next run reads the input from the checkpoint's place, and cuts the output back to
/// it if that is a file. When a write must wait and a signal comes, the stream goes back to the last row
/// that was written.
final class Runner {
  let parts: RunParts
  let sink: OutputSink
  let block: SampleBlock
  let rows: CSVWriter?
  let observers: [any SampleObserver]
  let report: RunReport
  var reader: any SampleReader
  var isEnd = false
  /// The end of the file that was read before this one, if a resume can find that file.
  private var lastFileEnd: RunCursor?
  private var history: History
  var progress: Progress
  /// The stream's position when this run began.
  private let startPosition: UInt64
  /// The stream's position at the first byte of this run's input.
  private let inputOrigin: UInt64
  private let skippedBefore: UInt64
  private let repeatsBefore: UInt64
  private let rate: SampleRate?

  var position: UInt64 { parts.streams.position }

  init(_ options: RunOptions, observers: [any SampleObserver] = []) throws {
    parts = try RunParts(options)
    self.observers = observers
    reader = parts.reader
    let layout = parts.layout
    let (inputs, outputs) = (parts.model.inputSize, parts.model.outputSize)
    block = SampleBlock(
      inputSize: inputs, outputSize: outputs, carried: layout.textCount,
      capacity: RunParts.blockCapacity(of: parts.model))
    rows =
      options.outputFormat == .f32
      ? nil
      : CSVWriter(
        separator: options.dialect.separator, decimal: options.dialect.decimal,
        front: layout.front, isForTerminal: layout.isForTerminal, marksGaps: layout.marksGaps)
    history = parts.stored?.resumePoint?.cursor.history ?? History()
    startPosition = parts.streams.position
    (skippedBefore, repeatsBefore) = (reader.skipped, reader.memory.repeats)
    rate = options.rate.map(SampleRate.init)
    inputOrigin = min(startPosition, parts.input.start)
    report = RunReport(parts)
    progress = Progress(
      unit: "samples", isQuiet: options.isQuiet,
      before: (startPosition - inputOrigin, parts.input.fraction(at: reader.offset) ?? 0))

    for observer in observers { try observer.check(layout, parts.model) }
    try parts.checkOutput()
    try parts.addEvents(to: &history)
    sink = try parts.openOutput(parts.cursor(reader, history))
    try save(hasEnded: false)
    report.begin(reader)
  }

  func run() throws {
    do {
      try beginObserving()
    } catch {
      // So that the history has no kill here.
      try save(hasEnded: true)
      throw error
    }
    var signal: Signal?
    do {
      signal = try loop()
      if signal == nil { try checkSamples() }
    } catch let error as SampleError {
      try finish()
      throw ToolError(.data, "\(parts.input.name): \(error)")
    }
    try finish()
    signal?.endProcess()
  }

  private func beginObserving() throws {
    for observer in observers {
      try observer.begin(
        RunDescription(
          inputNames: parts.layout.inputNames, outputNames: parts.layout.outputNames,
          timeName: parts.layout.timeName, position: startPosition, past: PastSamples(parts),
          history: history))
    }
  }

  /// - Returns: the signal that ended it, if one did
  private func loop() throws -> Signal? {
    while true {
      block.removeAll()
      var limit = parts.stored?.samplesUntilDue(at: position) ?? .max
      if let rate {
        let due = rate.due(done: position - startPosition)
        if due == 0 {
          _ = try sink.flush()
          Interruption.wait(seconds: rate.interval)
          if let signal = Interruption.signal() { return signal }
          continue
        }
        limit = min(limit, due)
      }
      // Without a copy nothing that the reader remembers of its streams is copied.
      let before = sink.mayBlock ? (reader: reader, count: parts.buffer.count) : nil
      let result = reader.fill(block, limit: limit, from: parts.buffer, isEnd: isEnd)
      if block.count > 0 {
        if let written = try step(), let before {
          try undoUnwritten(to: before.reader, before.count, samples: written)
          return Interruption.signal()
        }
        showProgress()
      }
      // A new file's first samples are saved at once: the file before it may be removed.
      let isNewFile = lastFileEnd != nil && position > parts.input.start
      if isNewFile || parts.stored?.secondsUntilDue(at: position) == 0 {
        try save(hasEnded: false)
      }
      if let signal = Interruption.signal() { return signal }
      switch result {
      case .isFull: break
      case .needsInput:
        if !isEnd { try getInput() } else if try !beginNextInput() { return nil }
      case .malformed(let error): try skip(error)
      case .doubtful(let doubt, let error): try decide(about: doubt, error)
      case .refused(let error): throw error
      }
    }
  }

  private func showProgress() {
    // When the input is followed, its size says nothing about the end.
    progress.update(
      count: position - inputOrigin,
      fraction: parts.options.follows ? nil : parts.input.fraction(at: reader.offset))
  }

  /// An input that isn't empty has samples. Otherwise it isn't what it was taken for.
  private func checkSamples() throws {
    let hasSkipped = reader.skipped > skippedBefore
    let hasRepeats = reader.memory.repeats > repeatsBefore
    // One of several may have none, as the log of a day without samples.
    let start = parts.options.inputs.count > 1 ? 0 : parts.input.start
    guard position == start, reader.offset > 0 || hasSkipped || hasRepeats
    else { return }
    let rest =
      parts.options.dialect.linesAfter > 0
      ? "no line but those that --skip-after leaves out" : "nothing after it"
    let header = parts.layout.columns?.hasHeader == true ? "a header, and \(rest)" : "none"
    let found =
      hasSkipped ? "only malformed ones" : hasRepeats ? "only times that repeat" : header
    throw SampleError("holds no sample: found \(found)")
  }

  // MARK: Checkpoints

  /// Remembers the end of the file that the run is leaving.
  ///
  /// Checkpoints have this place until the next file has a sample. Before that, its header (or nothing)
  /// can't distinguish it from the file that has its path after another rotation. A resume continues
  /// here and reads all files since.
  ///
  /// - Parameter isFound: whether a resume can find the file: by a numbered name, or among the inputs
  func rememberFileEnd(isFound: Bool) throws {
    guard lastFileEnd == nil || position > parts.input.start else { return }
    lastFileEnd = isFound ? try parts.cursor(reader, history) : nil
  }

  /// Forgets the place: neither the file nor a copy has the bytes that were read.
  func forgetFileEnd() {
    if position > parts.input.start { lastFileEnd = nil }
  }

  func save(hasEnded: Bool) throws {
    guard let stored = parts.stored else { return }
    var cursor = try parts.cursor(reader, history)
    if position > parts.input.start { lastFileEnd = nil }
    if let lastFileEnd { cursor.setInput(of: lastFileEnd) }
    cursor.output = try sink.sync()
    cursor.hasEnded = hasEnded
    try stored.save(parts.streams, cursor)
    for observer in observers {
      try observer.checkpoint(position: position, time: Clock.milliseconds)
    }
  }

  private func finish() throws {
    progress.finish()
    _ = try sink.flush()
    try save(hasEnded: true)
    if let state = parts.streams.state { try parts.stateFile?.write(state.bytes) }
    for observer in observers { try observer.finish() }
    report.end(reader)
  }
}
