// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// Opens what a run needs, in an order in which a refusal leaves everything as it was: the output is
/// touched last.
final class RunParts {
  let options: RunOptions
  let model: Model
  let streams: any RunStreams
  /// Where the state is written at the end.
  let stateFile: NewFile?
  let stored: StoredStream?
  let input: RunInput
  let buffer: InputBuffer
  private(set) var reader: any SampleReader
  /// The input's first line; empty of raw samples.
  private(set) var firstLine: [UInt8] = []
  let layout: RunLayout

  init(_ options: RunOptions) throws {
    self.options = options
    try Interruption.catchSignals()
    model = try Model.opened(options.model)
    let streams = try Self.streams(options, model)
    self.streams = streams
    stateFile = try options.savedState.map { path in
      try NewFile(
        path: path, replaces: options.replaces, besides: options.readFiles + options.writtenFiles)
    }
    stored = try options.store.map { path in
      let files = StoreFiles(of: path)
      for other in options.inputs + [options.state].compactMap({ $0 }) {
        try files.requireOther(than: other)
      }
      return try StoredStream(
        path: path, name: options.stream ?? "", every: options.every, restarts: options.restarts,
        streams: streams)
    }
    if let path = options.state, let stream = streams as? SingleStream {
      guard stored?.resumePoint == nil else {
        throw ToolError(
          .usage, "--state: the store has a state of this stream already; --restart replaces it")
      }
      try stream.load(State(bytes: Self.state(path)))
    }
    let cursor = stored?.resumePoint?.cursor
    input = try RunInput(
      paths: options.inputs, follows: options.follows, start: cursor?.start ?? streams.position)
    buffer = InputBuffer(capacity: InputBuffer.capacity(inputSize: model.inputSize))
    reader = Self.reader(options, model)
    var columns: ColumnLayout?
    if var text = reader as? CSVReader {
      text.keys = streams.keysAtStart
      do {
        if let cursor {
          firstLine = cursor.firstLine
          try text.resume(
            options.columns, inputSize: model.inputSize, firstLine: firstLine,
            offset: cursor.input.offset, line: cursor.line, skipped: cursor.skipped,
            isAfterOpenLine: cursor.isAfterOpenLine, memory: cursor.memory,
            mayRepeatHeader: options.inputIs == .rest && !input.isFile)
        } else {
          firstLine = try Self.readFirstLine(
            &text, options.columns, inputSize: model.inputSize, input, buffer)
        }
      } catch let error as SampleError {
        throw ToolError(.data, "\(input.name): \(error)")
      }
      (reader, columns) = (text, text.layout)
    } else if var raw = reader as? RawReader, let cursor {
      raw.resume(
        offset: cursor.input.offset, line: cursor.line, skipped: cursor.skipped,
        memory: cursor.memory)
      reader = raw
    }
    layout = try RunLayout(options, columns: columns, model: model)
    try requireTimes()
    if let point = stored?.resumePoint { try resume(from: point) }
  }

  /// A block takes about 100 microseconds with a model of medium size, and fits into the caches.
  static func blockCapacity(of model: Model) -> Int {
    max(1, min(1024, (1 << 16) / max(model.inputSize, model.outputSize)))
  }

  private static func streams(_ options: RunOptions, _ model: Model) throws -> any RunStreams {
    guard options.mostStreams != nil else {
      return try SingleStream(of: model, in: options.windows)
    }
    return try KeyedStreams(
      of: model, in: options.windows, keys: StreamLimit(options, model).keys,
      name: options.store == nil ? nil : options.stream, capacity: blockCapacity(of: model))
  }

  private static func state(_ path: String) throws -> [UInt8] {
    let file = try OpenFile(path, .read)
    let size = try FileStatus(of: file).size
    // More than any state has.
    let most = UInt64(1) << 31
    guard size <= most else {
      throw ToolError(.data, "\(path): found \(size) bytes, expected at most \(most)")
    }
    return try file.bytes(at: 0, count: Int(size))
  }

  private static func reader(_ options: RunOptions, _ model: Model) -> any SampleReader {
    let limit = model.inputLimit
    var reader: any SampleReader
    switch options.inputFormat {
    case .csv: reader = CSVReader(options.dialect, limit: limit)
    case .f32: reader = RawReader(inputSize: model.inputSize, limit: limit)
    }
    reader.rules = options.rules
    return reader
  }

  private func requireTimes() throws {
    guard options.gaps != nil || options.onRepeat != nil, layout.timeName == nil else { return }
    let option = options.gaps != nil ? "--gap" : "--on-repeat"
    throw ToolError(
      .usage, "\(option): no column is taken for times; --time says which one has them")
  }

  /// A reader of the input from its beginning, with the same columns.
  func newReader() throws -> any SampleReader {
    let reader = Self.reader(options, model)
    guard var text = reader as? CSVReader else { return reader }
    try text.resume(
      options.columns, inputSize: model.inputSize, firstLine: firstLine, offset: 0, line: 0,
      skipped: 0, isAfterOpenLine: false, mayRepeatHeader: false)
    text.beginFile(isWhole: true)
    return text
  }

  /// Waits for the first line, which tells the columns.
  private static func readFirstLine(
    _ reader: inout CSVReader, _ choice: ColumnChoice, inputSize: Int, _ input: RunInput,
    _ buffer: InputBuffer
  ) throws -> [UInt8] {
    let (fresh, position) = (reader, input.start)
    var isEnd = false
    while true {
      if let line = try reader.readLayout(choice, inputSize: inputSize, from: buffer, isEnd: isEnd)
      {
        return line
      }
      if isEnd { throw reader.noLine }
      if !input.isFile { _ = try input.source.wait(seconds: nil) }
      Interruption.endIfSignalled()
      switch try input.read(into: buffer) {
      case .bytes: continue
      case .end:
        isEnd = !input.follows
        if input.follows { Interruption.wait(seconds: 0.1) }
        continue
      case .isReplaced:
        if !buffer.isEmpty { throw SampleError("line 1: was replaced before the line's end") }
        try input.advance(at: position, buffer)
      case .isCut: try input.begin(at: position, buffer)
      }
      reader = fresh
    }
  }

  private func resume(from point: StoredStream.ResumePoint) throws {
    let cursor = point.cursor
    guard cursor.layout == layout.summary else {
      throw ToolError(
        .usage,
        "the stream was begun with another layout: found \(layout.summary); the checkpoint has "
          + "\(cursor.layout). --restart starts the stream over")
    }
    let isOther = try InputResume(options: options, input: input, buffer: buffer, point: point)
      .resume()
    if isOther || (input.isFile && cursor.input.offset == 0) { reader.beginFile(isWhole: isOther) }
  }
}
