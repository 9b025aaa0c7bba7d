// SPDX-License-Identifier: MIT

import LeatSamples
import Testing

@Suite struct Cursors {
  private var cursor: RunCursor {
    var history = History()
    for index in 0..<(UInt64(History.capacity) + 10) {
      history.add(.init(.resumed, position: index, time: -5 + Int64(index)))
    }
    var cursor = RunCursor(
      input: .init(offset: 1 << 40, head: 1, tail: 2), line: 7, skipped: 3, isAfterOpenLine: true,
      firstLine: Array("time,ä".utf8), outputKind: .file,
      output: .init(offset: 9, head: .max, tail: nil), layout: "as it is", history: history)
    cursor.hasEnded = true
    (cursor.file, cursor.start) = (1 << 50, 6)
    return cursor
  }

  @Test func bytesReadBack() throws {
    #expect(try RunCursor(cursor.bytes) == cursor)
    #expect(cursor.history.events.count == History.capacity)
    #expect(cursor.history.events.first?.position == 10)
  }

  /// Version 1 had no fields for files that replace each other.
  @Test func bytesOfVersion1ReadBack() throws {
    var cursor = cursor
    var history = History()
    history.add(.init(.started, position: 6, time: 1))
    (cursor.history, cursor.file) = (history, 0)
    var bytes = cursor.bytes
    bytes[4] = 1
    let prefixes = 4 + 4 + 1 + 1 + 2 * (8 + 4 + 8)
    bytes.removeSubrange(prefixes..<(prefixes + 16))
    #expect(try RunCursor(bytes) == cursor)
  }

  @Test func theMemoryReadsBack() throws {
    var cursor = cursor
    cursor.memory.lastTime = -1.5
    cursor.memory.lastInputs = [5, 0x1.fffffep-3]
    (cursor.memory.linesToPass, cursor.memory.gaps) = (1, 2)
    (cursor.memory.repeats, cursor.memory.held) = (3, 1 << 40)
    #expect(try RunCursor(cursor.bytes) == cursor)
    #expect(cursor.bytes[4] == 3)
    for count in 0..<cursor.bytes.count {
      #expect(throws: SampleError.self) { try RunCursor(Array(cursor.bytes.prefix(count))) }
    }
    // The number of inputs is the last field but the inputs.
    var changed = cursor.bytes
    changed[changed.count - 9] = 0xff
    #expect(throws: SampleError.self) { try RunCursor(changed) }
  }

  /// Older versions of the tool read it.
  @Test func withoutAMemoryItIsVersion2() {
    #expect(cursor.bytes[4] == 2)
  }

  @Test func theLargestCursorFitsIntoACheckpoint() {
    var cursor = cursor
    cursor.layout = String(repeating: "x", count: RunCursor.textCapacity - cursor.firstLine.count)
    #expect(cursor.bytes.count <= 65_536)
    cursor.memory.lastTime = 1
    #expect(cursor.bytes.count <= 65_536)
  }

  @Test func damagedBytesAreRefused() {
    let bytes = cursor.bytes
    for count in 0..<bytes.count {
      #expect(throws: SampleError.self) { try RunCursor(Array(bytes.prefix(count))) }
    }
    #expect(throws: SampleError.self) { try RunCursor(bytes + [0]) }
    for index in 0..<10 {
      var changed = bytes
      changed[index] = 77
      #expect(throws: SampleError.self) { try RunCursor(changed) }
    }
  }

  @Test func numbersThatCouldOverflowAreRefused() {
    let huge = UInt64(Int64.max)
    let changes: [(inout RunCursor) -> Void] = [
      { $0.input.offset = huge }, { $0.output.offset = .max }, { $0.line = huge },
      { $0.skipped = huge }, { $0.start = huge }, { $0.memory.held = huge },
      { $0.memory.gaps = huge }, { $0.memory.repeats = huge }, { $0.memory.linesToPass = huge },
      { $0.history.add(.init(.killed, position: huge, time: 0)) },
    ]
    for change in changes {
      var changed = cursor
      change(&changed)
      #expect(throws: SampleError.self) { try RunCursor(changed.bytes) }
    }
  }

  @Test func prefixesOfPipesGrow() {
    let file = (0..<6000).map { UInt8($0 % 251) }
    for (from, to) in [(10, 100), (100, 5000), (5000, 5500)] {
      let begun = FilePrefix(before: UInt64(from), startingWith: file)
      let extended = begun.extended(to: UInt64(to), next: Array(file[from...]))
      #expect(extended == FilePrefix(before: UInt64(to), startingWith: file))
    }
  }

  @Test func prefixesFromMemoryAreThoseOfTheFile() {
    let file = (0..<20_000).map { UInt8($0 % 251) }
    for offset in [0, 1, 4095, 4096, 4097, 9000] {
      let read = FilePrefix(before: UInt64(offset)) { Array(file[Int($0)..<(Int($0) + $1)]) }
      let end = Array(file[max(0, offset - FilePrefix.span)..<offset])
      #expect(
        FilePrefix(before: UInt64(offset), startingWith: file, endingWith: end) == read)
    }
  }

  @Test func prefixesTellFilesApart() {
    let file = (0..<20_000).map { UInt8($0 % 251) }
    func prefix(_ offset: UInt64, _ file: [UInt8]) -> FilePrefix {
      FilePrefix(before: offset) { Array(file[Int($0)..<(Int($0) + $1)]) }
    }
    let whole = prefix(15_000, file)
    #expect(whole.agrees(with: prefix(15_000, file + [1])))
    #expect(whole.agrees(with: .init(before: 15_000, startingWith: file)))
    for index in [0, 4095, 15_000 - 4096, 14_999] {
      var other = file
      other[index] ^= 1
      #expect(!whole.agrees(with: prefix(15_000, other)))
    }
    #expect(!whole.agrees(with: prefix(14_999, file)))
    // CRC-32C's check value.
    #expect(prefix(9, Array("123456789".utf8)).head == 0xe306_9283)
  }
}
