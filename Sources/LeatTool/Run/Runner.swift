// SPDX-License-Identifier: MIT

import CLeat
import LeatSamples

/// Reads samples, steps them and writes their rows, until the input ends or a signal comes.
final class Runner {
  private let parts: RunOpening
  private let sink: OutputSink
  private let block: SampleBlock
  private let rows: RowWriter?
  private let observers: [any SampleObserver]
  private var reader: any SampleReader
  private var history: History
  private var progress = Progress(unit: "samples")
  /// Bytes of the input that this run began behind, and samples of the stream.
  private let begin: (offset: UInt64, position: UInt64)
  private var isEnd = false
  private let pace: Pace?

  private var stream: Stream { parts.stream }

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
    begin = (reader.offset, parts.stream.position)
    pace = command.rate.map(Pace.init)

    for observer in observers { try observer.check(layout, parts.model) }
    try parts.checkOutput()
    try RunStart.addEvents(to: &history, parts)
    sink = try RunStart.openOutput(parts, RunStart.cursor(parts, reader, history))
    try save(hasEnded: false)
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
          timeName: parts.layout.timeName, position: begin.position,
          past: PastSamples(parts), history: history))
    }
  }

  // MARK: Samples

  /// - Returns: the signal that ended it, if one did
  private func loop() throws -> Int32? {
    while true {
      block.removeAll()
      var limit = parts.keeper?.room(at: stream.position) ?? .max
      if let pace {
        let due = pace.samples(behind: stream.position - begin.position)
        if due == 0 {
          try sink.flush()
          Interruption.wait(seconds: pace.interval)
          if let signal = Interruption.signal() { return signal }
          continue
        }
        limit = min(limit, due)
      }
      let result = reader.fill(block, limit: limit, from: parts.buffer, isEnd: isEnd)
      if block.count > 0 { try step() }
      if parts.keeper?.due(at: stream.position) == 0 { try save(hasEnded: false) }
      if let signal = Interruption.signal() { return signal }
      switch result {
      case .isFull: break
      case .needsInput:
        if isEnd { return nil }
        try getInput()
      case .malformed(let error):
        guard parts.command.onError == .skip else { throw error }
        progress.finish()
        Terminal.complain("\(parts.input.name): \(error); skipped")
        reader.skip(from: parts.buffer)
      }
    }
  }

  private func step() throws {
    let position = stream.position
    try stream.take(block)
    var row = 0
    while true {
      row =
        rows?.write(block, from: row, position: position, to: sink.buffer)
        ?? RawWriter().write(block, from: row, to: sink.buffer)
      if row == block.count { break }
      try sink.flush()
    }
    if sink.isTerminal { try sink.flush() }
    for observer in observers { try observer.see(block, position: position) }
    let fraction = parts.input.size.map { size in
      Double(reader.offset - begin.offset) / Double(max(1, size - min(size, begin.offset)))
    }
    progress.update(
      count: stream.position - begin.position, fraction: parts.command.follow ? nil : fraction)
  }

  /// Waits for bytes, with everything written that there is to write.
  private func getInput() throws {
    if !parts.input.isFile, try parts.input.wait(seconds: 0) != .bytes {
      try sink.flush()
      let due = parts.keeper?.due(at: stream.position)
      guard try parts.input.wait(seconds: due) == .bytes else { return }
    }
    guard try parts.input.read(into: parts.buffer) == 0 else { return }
    if parts.command.follow {
      try sink.flush()
      try parts.input.checkSize(atLeast: reader.offset)
      Interruption.wait(seconds: 0.05)
    } else {
      isEnd = true
    }
  }

  // MARK: Checkpoints

  private func save(hasEnded: Bool) throws {
    guard let keeper = parts.keeper else { return }
    var cursor = try RunStart.cursor(parts, reader, history)
    cursor.output = try sink.sync()
    cursor.hasEnded = hasEnded
    try keeper.save(stream, cursor)
    for observer in observers {
      try observer.checkpoint(position: stream.position, time: Clock.milliseconds)
    }
  }

  private func finish() throws {
    progress.finish()
    try sink.flush()
    try save(hasEnded: true)
    try parts.statePlace?.write(stream.state())
    for observer in observers { try observer.finish() }
    if reader.skipped > 0 {
      let unit = parts.command.inputFormat == .csv ? "lines" : "samples"
      Terminal.complain("\(parts.input.name): \(reader.skipped) malformed \(unit) skipped in all")
    }
  }
}

extension Stream {
  /// Steps a block's samples.
  fileprivate func take(_ block: SampleBlock) throws {
    try unsafe LibraryError.check { error in
      unsafe leat_stream_run(handle, block.count, block.inputs, block.outputs, error)
    }
  }
}
