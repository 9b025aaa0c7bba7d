// SPDX-License-Identifier: MIT

import LeatSamples

/// Reads samples, steps them and writes their rows, until the input ends or a signal comes.
final class Runner {
  let parts: RunOpening
  let sink: OutputSink
  let block: SampleBlock
  let rows: RowWriter?
  let observers: [any SampleObserver]
  let report: RunReport
  var reader: any SampleReader
  var isEnd = false
  /// The stream as it was before the block, where its rows may stall.
  var before: [UInt8] = []
  /// Where the file ended that was read before this one, if a resume can find it.
  private var last: RunCursor?
  private var history: History
  var progress: Progress
  /// The stream's position when this run began.
  private let begin: UInt64
  /// And at the first byte of the input that it began with.
  private let origin: UInt64
  private let skippedBefore: UInt64
  private let pace: Pace?

  var stream: Stream { parts.stream }

  init(_ command: Run, observers: [any SampleObserver] = []) throws {
    parts = try RunOpening(command)
    self.observers = observers
    reader = parts.reader
    let layout = parts.layout
    let (inputs, outputs) = (parts.model.inputSize, parts.model.outputSize)
    // Some 100 microseconds of a middling model, and within the caches.
    block = SampleBlock(
      inputSize: inputs, outputSize: outputs, carried: layout.textCount,
      capacity: max(1, min(1024, (1 << 16) / max(inputs, outputs))))
    let raw = command.writtenFormat == .f32
    rows =
      try raw
      ? nil
      : RowWriter(
        separator: command.separatorByte(), front: layout.front,
        isForTerminal: layout.isForTerminal)
    history = parts.keeper?.found?.cursor.history ?? History()
    (begin, skippedBefore) = (parts.stream.position, reader.skipped)
    pace = command.rate.map(Pace.init)
    origin = min(begin, parts.input.start)
    report = RunReport(parts)
    progress = Progress(
      unit: "samples", isWanted: !command.quiet,
      before: (begin - origin, parts.input.fraction(at: reader.offset) ?? 0))

    for observer in observers { try observer.check(layout, parts.model) }
    try parts.checkOutput()
    try RunStart.addEvents(to: &history, parts)
    sink = try RunStart.openOutput(parts, RunStart.cursor(parts, reader, history))
    try save(hasEnded: false)
    report.begin(reader)
  }

  func run() throws {
    do {
      try beginObserving()
    } catch {
      // It wasn't killed.
      try save(hasEnded: true)
      throw error
    }
    var signal: Int32?
    do {
      signal = try loop()
      if signal == nil { try checkSamples() }
    } catch let error as SampleError {
      try finish()
      throw ToolError(.data, "\(parts.input.name): \(error)")
    }
    try finish()
    if let signal { Interruption.end(by: signal) }
  }

  private func beginObserving() throws {
    for observer in observers {
      try observer.begin(
        RunDescription(
          inputNames: parts.layout.inputNames, outputNames: parts.layout.outputNames,
          timeName: parts.layout.timeName, position: begin, past: PastSamples(parts),
          history: history))
    }
  }

  /// - Returns: the signal that ended it, if one did
  private func loop() throws -> Int32? {
    while true {
      block.removeAll()
      var limit = parts.keeper?.room(at: stream.position) ?? .max
      if let pace {
        let due = pace.samples(behind: stream.position - begin)
        if due == 0 {
          _ = try sink.flush()
          Interruption.wait(seconds: pace.interval)
          if let signal = Interruption.signal() { return signal }
          continue
        }
        limit = min(limit, due)
      }
      let place = (reader: reader, count: parts.buffer.count)
      let result = reader.fill(block, limit: limit, from: parts.buffer, isEnd: isEnd)
      if block.count > 0 {
        if let written = try step() {
          try goBack(to: place.reader, place.count, samples: written)
          return Interruption.signal()
        }
        showProgress()
      }
      // At once after a file's first samples: the one before it may be taken away.
      let isNewFile = last != nil && stream.position > parts.input.start
      if isNewFile || parts.keeper?.due(at: stream.position) == 0 { try save(hasEnded: false) }
      if let signal = Interruption.signal() { return signal }
      switch result {
      case .isFull: break
      case .needsInput:
        if isEnd { return nil }
        try getInput()
      case .malformed(let error): try skip(error)
      case .refused(let error): throw error
      }
    }
  }

  /// Leaves out what is no sample, if it may be left out.
  func skip(_ error: SampleError) throws {
    guard parts.command.onError == .skip else { throw error }
    progress.finish()
    Terminal.complain("\(parts.input.name): \(error); skipped")
    reader.skip(from: parts.buffer)
  }

  private func showProgress() {
    // Not from the input's start, which is another one's when a file has taken its place.
    progress.update(
      count: stream.position - origin,
      fraction: parts.command.follow ? nil : parts.input.fraction(at: reader.offset))
  }

  /// An input that isn't empty has samples; else it isn't what it was taken for.
  private func checkSamples() throws {
    let hasSkipped = reader.skipped > skippedBefore
    guard stream.position == parts.input.start, reader.offset > 0 || hasSkipped else { return }
    let header = parts.layout.columns?.hasHeader == true ? "a header, and nothing after it" : "none"
    throw SampleError(
      "holds no sample: found \(hasSkipped ? "only what is malformed" : header)")
  }

  // MARK: Checkpoints

  /// Notes where the file ends that is being left.
  ///
  /// Until there is a sample of the next one, checkpoints keep this place: a header, or nothing,
  /// doesn't tell that file from the one that has its place after another rotation. A resume goes
  /// from here through all that came. Under a name that has no number it would find nothing.
  func leaveFile() throws {
    guard last == nil || stream.position > parts.input.start else { return }
    last = parts.input.isNumbered ? try RunStart.cursor(parts, reader, history) : nil
  }

  /// What was read of the file isn't in it any more, nor in a copy.
  func loseFile() {
    if stream.position > parts.input.start { last = nil }
  }

  func save(hasEnded: Bool) throws {
    guard let keeper = parts.keeper else { return }
    var cursor = try RunStart.cursor(parts, reader, history)
    if stream.position > parts.input.start { last = nil }
    if let last { cursor.takeInput(of: last) }
    cursor.output = try sink.sync()
    cursor.hasEnded = hasEnded
    try keeper.save(stream, cursor)
    for observer in observers {
      try observer.checkpoint(position: stream.position, time: Clock.milliseconds)
    }
  }

  private func finish() throws {
    progress.finish()
    _ = try sink.flush()
    try save(hasEnded: true)
    try parts.statePlace?.write(stream.state())
    for observer in observers { try observer.finish() }
    if reader.skipped > 0 {
      let unit = parts.command.inputFormat == .csv ? "lines" : "samples"
      Terminal.complain("\(parts.input.name): \(reader.skipped) malformed \(unit) skipped in all")
    }
    report.end()
  }
}
