// SPDX-License-Identifier: MIT

/// A cursor as bytes, little-endian:
///
///     "LtRC"  version, u32  flags, u8  output kind, u8
///     input, output: offset, u64  head, u32  tail, u64 (all ones: none)
///     input's inode, stream's position at its first byte: u64 (not in version 1)
///     line, skipped: u64
///     first line, layout: length, u32, and that many bytes
///     events: number, u32, and for each kind, u8  position, u64  time, i64  every, u64
///     in version 3 the memory: whether there is a last time, u8  last time, f64  lines to pass,
///     gaps, repeats, held: u64  last inputs: number, u32, and that many f32
///     in version 4, of the streams of an input with keys: last times: number, u32, and that many
///     f64  last inputs: number, u32, and that many f32
///
/// A cursor without a memory is written as version 2, and one without streams as version 3.
extension RunCursor {
  public static let version: UInt32 = 4
  private static let magic: UInt32 = 0x4352_744c
  /// The most bytes of first line, layout, last times and last inputs together: with them a cursor
  /// fits into a checkpoint.
  public static let textCapacity = 58_000
  /// The most bytes of what is remembered of streams, beside which there is room for a first line.
  public static let roomForStreams = 50_000

  public var bytes: [UInt8] {
    var writer = CursorWriter()
    writer.put(Self.magic)
    let hasMemory = memory != SampleMemory()
    writer.put(!memory.streams.isEmpty ? Self.version : hasMemory ? 3 : 2)
    writer.put(UInt8((hasEnded ? 1 : 0) | (isAfterOpenLine ? 2 : 0)))
    writer.put(outputKind.rawValue)
    for prefix in [input, output] {
      writer.put(prefix.offset)
      writer.put(prefix.head)
      writer.put(prefix.tail.map(UInt64.init) ?? .max)
    }
    writer.put(file)
    writer.put(start)
    writer.put(line)
    writer.put(skipped)
    writer.put(text: firstLine)
    writer.put(text: Array(layout.utf8))
    writer.put(UInt32(history.events.count))
    for event in history.events {
      writer.put(event.kind.rawValue)
      writer.put(event.position)
      writer.put(UInt64(bitPattern: event.time))
      writer.put(event.every)
    }
    if hasMemory { writer.put(memory) }
    if !memory.streams.isEmpty { writer.put(memory.streams) }
    return writer.bytes
  }

  /// - Throws: when the bytes aren't a cursor, or one of a newer version
  public init(_ bytes: [UInt8]) throws(SampleError) {
    var reader = CursorReader(bytes)
    guard try reader.read(UInt32.self) == Self.magic else {
      throw SampleError("the checkpoint's cursor is another program's, expected LtRC at its start")
    }
    let version = try reader.read(UInt32.self)
    guard version >= 1 && version <= Self.version else {
      throw SampleError(
        "the checkpoint's cursor has version \(version), expected 1 to \(Self.version)")
    }
    let flags = try reader.read(UInt8.self)
    let kind = OutputKind(rawValue: try reader.read(UInt8.self))
    guard flags <= 3, let kind else { throw CursorReader.damaged }
    let input = try reader.readPrefix()
    let output = try reader.readPrefix()
    let file = version == 1 ? 0 : try reader.read(UInt64.self)
    let start = version == 1 ? nil : try reader.read(UInt64.self)
    let line = try reader.read(UInt64.self)
    let skipped = try reader.read(UInt64.self)
    let firstLine = try reader.readText()
    let layout = String(decoding: try reader.readText(), as: UTF8.self)
    var history = History()
    let count = try reader.read(UInt32.self)
    guard count <= History.capacity else { throw CursorReader.damaged }
    for _ in 0..<count {
      let kind = History.Event.Kind(rawValue: try reader.read(UInt8.self))
      let position = try reader.read(UInt64.self)
      let time = Int64(bitPattern: try reader.read(UInt64.self))
      guard let kind else { throw CursorReader.damaged }
      let every = try reader.read(UInt64.self)
      history.add(.init(kind, position: position, time: time, every: every))
    }
    var memory = version < 3 ? SampleMemory() : try reader.readMemory()
    if version >= 4 { memory.streams = try reader.readStreams() }
    // The sums of these numbers can't overflow.
    let most = UInt64(Int64.max / 2)
    guard reader.isAtEnd, max(input.offset, output.offset, line, skipped, start ?? 0) <= most,
      max(memory.linesToPass, memory.gaps, memory.repeats, memory.held) <= most,
      history.events.allSatisfy({ $0.position <= most })
    else { throw CursorReader.damaged }
    self.init(
      input: input, line: line, skipped: skipped, isAfterOpenLine: flags & 2 != 0,
      firstLine: firstLine, outputKind: kind, output: output, layout: layout, history: history)
    hasEnded = flags & 1 != 0
    self.memory = memory
    self.file = file
    self.start =
      start ?? history.events.first.flatMap { $0.kind == .started ? $0.position : nil } ?? 0
  }
}

private struct CursorWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
    for index in 0..<(Value.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> Value(8 * index)))
    }
  }

  mutating func put(text: [UInt8]) {
    put(UInt32(text.count))
    bytes += text
  }

  mutating func put(_ memory: SampleMemory) {
    put(UInt8(memory.lastTime == nil ? 0 : 1))
    put(memory.lastTime?.bitPattern ?? 0)
    for count in [memory.linesToPass, memory.gaps, memory.repeats, memory.held] { put(count) }
    put(memory.lastInputs)
  }

  mutating func put(_ streams: StreamMemories) {
    put(UInt32(streams.times.count))
    for time in streams.times { put(time.bitPattern) }
    put(streams.inputs)
  }

  private mutating func put(_ values: [Float]) {
    put(UInt32(values.count))
    for value in values { put(value.bitPattern) }
  }
}

private struct CursorReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  static var damaged: SampleError {
    SampleError("the checkpoint's cursor is damaged")
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func read<Value: FixedWidthInteger & UnsignedInteger>(
    _ type: Value.Type
  ) throws(SampleError) -> Value {
    let size = Value.bitWidth / 8
    guard rest.count >= size else { throw Self.damaged }
    let value = rest.prefix(size).reversed().reduce(Value(0)) { value, byte in
      Value(truncatingIfNeeded: UInt64(value) << 8) | Value(byte)
    }
    rest.removeFirst(size)
    return value
  }

  mutating func readPrefix() throws(SampleError) -> FilePrefix {
    let offset = try read(UInt64.self)
    let head = try read(UInt32.self)
    let tail = try read(UInt64.self)
    guard tail == .max || tail <= UInt32.max else { throw Self.damaged }
    return FilePrefix(offset: offset, head: head, tail: UInt32(exactly: tail))
  }

  mutating func readText() throws(SampleError) -> [UInt8] {
    let count = Int(try read(UInt32.self))
    guard count <= rest.count else { throw Self.damaged }
    defer { rest.removeFirst(count) }
    return Array(rest.prefix(count))
  }

  mutating func readMemory() throws(SampleError) -> SampleMemory {
    var memory = SampleMemory()
    let hasTime = try read(UInt8.self)
    let time = Double(bitPattern: try read(UInt64.self))
    guard hasTime <= 1 else { throw Self.damaged }
    if hasTime == 1 { memory.lastTime = time }
    memory.linesToPass = try read(UInt64.self)
    memory.gaps = try read(UInt64.self)
    memory.repeats = try read(UInt64.self)
    memory.held = try read(UInt64.self)
    memory.lastInputs = try readFloats()
    return memory
  }

  mutating func readStreams() throws(SampleError) -> StreamMemories {
    var streams = StreamMemories()
    let count = Int(try read(UInt32.self))
    guard count <= rest.count / 8 else { throw Self.damaged }
    for _ in 0..<count { streams.times.append(Double(bitPattern: try read(UInt64.self))) }
    streams.inputs = try readFloats()
    // Without both it would be an older version.
    guard !streams.isEmpty else { throw Self.damaged }
    return streams
  }

  private mutating func readFloats() throws(SampleError) -> [Float] {
    var values: [Float] = []
    let count = Int(try read(UInt32.self))
    guard count <= rest.count / 4 else { throw Self.damaged }
    for _ in 0..<count { values.append(Float(bitPattern: try read(UInt32.self))) }
    return values
  }
}
