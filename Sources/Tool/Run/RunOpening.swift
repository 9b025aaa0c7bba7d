// SPDX-License-Identifier: MIT

import LeatSamples

#if canImport(FoundationEssentials)
  import FoundationEssentials
  import Glibc
#else
  import Foundation
#endif

/// Opens what a run needs, in an order in which a refusal leaves everything as it was.
struct RunOpening {
  let command: Run
  let model: Model
  let stream: Stream
  /// Where the state is written at the end.
  let statePlace: NewFile?
  let keeper: CheckpointKeeper?
  let input: RunInput
  let buffer: InputBuffer
  private(set) var reader: any SampleReader
  /// The input's first line; empty of raw samples.
  private(set) var firstLine: [UInt8] = []
  let layout: RunLayout

  init(_ command: Run) throws {
    self.command = command
    try Interruption.catchSignals()
    model = try Model(path: command.model)
    stream = try Stream(of: model)
    statePlace = try command.saveState.map { path in
      try NewFile(
        path: path, replaces: command.force, besides: command.readFiles + command.writtenFiles)
    }
    let stream = stream
    keeper = try command.store.map { path in
      let files = StoreFiles(of: path)
      for other in [command.input, command.state].compactMap({ $0 }) {
        try files.requireOther(than: other)
      }
      return try CheckpointKeeper(
        path: path, name: command.stream ?? "", every: command.every, restarts: command.restart,
        stream: stream)
    }
    if let path = command.state {
      guard keeper?.found == nil else {
        throw ToolError(
          .usage, "--state: the store has a state of this stream already; --restart gives it up")
      }
      try stream.load(state: StateFile.read(path))
    }
    let place = keeper?.found?.cursor
    input = try RunInput(
      path: command.input, follows: command.follow, start: place?.start ?? stream.position)
    buffer = InputBuffer(capacity: Self.bufferCapacity(inputSize: model.inputSize))
    let columns: ColumnLayout?
    if command.inputFormat == .f32 {
      var raw = RawReader(inputSize: model.inputSize, limit: model.info.input_limit)
      if let place {
        raw.resume(offset: place.input.offset, line: place.line, skipped: place.skipped)
      }
      (reader, columns) = (raw, nil)
    } else {
      var text = CSVReader(
        separator: try command.separatorByte(), limit: model.info.input_limit)
      do {
        firstLine =
          if let place {
            try Self.goOn(
              &text, command, inputSize: model.inputSize, place,
              mayRepeatHeader: command.inputIs == .rest && !input.isFile)
          } else {
            try Self.readFirstLine(
              &text, command.columnChoice, inputSize: model.inputSize, input, buffer)
          }
      } catch let error as SampleError {
        throw ToolError(.data, "\(input.name): \(error)")
      }
      (reader, columns) = (text, text.layout)
    }
    layout = try RunLayout(command, columns: columns, model: model)
    if let found = keeper?.found { try goOn(from: found) }
  }

  /// Of the buffer that holds a line: 64 bytes a number, 1 MiB at least.
  static func bufferCapacity(inputSize: Int) -> Int { max(1 << 20, 64 * inputSize) + 1 }

  private static func goOn(
    _ reader: inout CSVReader, _ command: Run, inputSize: Int, _ place: RunCursor,
    mayRepeatHeader: Bool
  ) throws -> [UInt8] {
    try reader.resume(
      command.columnChoice, inputSize: inputSize, firstLine: place.firstLine,
      offset: place.input.offset, line: place.line, skipped: place.skipped,
      isBehindOpenLine: place.isBehindOpenLine, mayRepeatHeader: mayRepeatHeader)
    return place.firstLine
  }

  /// A reader of the input from its beginning, with the same columns.
  func openReader() throws -> any SampleReader {
    let limit = model.info.input_limit
    if command.inputFormat == .f32 { return RawReader(inputSize: model.inputSize, limit: limit) }
    var text = CSVReader(separator: try command.separatorByte(), limit: limit)
    try text.resume(
      command.columnChoice, inputSize: model.inputSize, firstLine: firstLine, offset: 0, line: 0,
      skipped: 0, isBehindOpenLine: false, mayRepeatHeader: false)
    text.beginFile(isWhole: true)
    return text
  }

  /// Finds out which columns there are, waiting for the first line.
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
      if isEnd { throw SampleError("holds no line, expected a header or a sample") }
      if !input.isFile { _ = try input.source.wait(seconds: nil) }
      if let signal = Interruption.signal() { Interruption.end(by: signal) }
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

  /// Goes to the checkpoint's place in the input.
  private mutating func goOn(from found: CheckpointKeeper.Found) throws {
    let place = found.cursor
    guard place.layout == layout.summary else {
      throw ToolError(
        .usage,
        "the stream was begun with another layout: found \(layout.summary); the checkpoint has "
          + "\(place.layout). --restart begins the stream anew")
    }
    let isOther = try InputPlace(command: command, input: input, buffer: buffer, found: found)
      .goOn()
    if isOther || (input.isFile && place.input.offset == 0) { reader.beginFile(isWhole: isOther) }
  }

  /// Whether the output's rows begin anew.
  var isNewOutput: Bool {
    guard let place = keeper?.found?.cursor else { return true }
    return place.outputKind == .standardOutput && command.output != nil
  }

  /// Before anything is written: whether the output may be.
  func checkOutput() throws {
    let place = keeper?.found?.cursor
    // Rows that are read again would never end.
    try NewFile.check(
      command.output ?? FileIdentity.standardOutput,
      besides: command.readFiles + [command.state].compactMap { $0 })
    guard let path = command.output else {
      if place?.outputKind == .file {
        throw ToolError(
          .usage,
          "the rows before the checkpoint are in a file: --output says which, --restart begins the "
            + "stream anew")
      }
      return
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return }
    let isFile = status.st_mode & S_IFMT == S_IFREG
    if keeper != nil && !isFile {
      throw ToolError(
        .usage, "\(path): isn't a file, which --output must be with --store: its rows must stay")
    }
    if isNewOutput && isFile && status.st_size > 0 && !command.force {
      throw ToolError(.cantCreate, "\(path): exists already; --force replaces it")
    }
    if let found = keeper?.found, !isNewOutput, found.cursor.hasEnded, !found.isFallback,
      UInt64(status.st_size) > found.cursor.output.offset
    {
      throw ToolError(
        .data,
        "\(path): has \(status.st_size) bytes, but the last run ended at \(place?.output.offset ?? 0): "
          + "what is behind that isn't its own. --restart begins the stream anew")
    }
  }
}
