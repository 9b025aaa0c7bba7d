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
      input: .init(offset: 1 << 40, head: 1, tail: 2), line: 7, skipped: 3, isBehindOpenLine: true,
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

  /// Which didn't know of files that take each other's place.
  @Test func thoseOfVersion1ReadBack() throws {
    var cursor = cursor
    var history = History()
    history.add(.init(.started, position: 6, time: 1))
    (cursor.history, cursor.file) = (history, 0)
    var bytes = cursor.bytes
    bytes[4] = 1
    let marks = 4 + 4 + 1 + 1 + 2 * (8 + 4 + 8)
    bytes.removeSubrange(marks..<(marks + 16))
    #expect(try RunCursor(bytes) == cursor)
  }

  @Test func theLargestFitsIntoACheckpoint() {
    var cursor = cursor
    cursor.layout = String(repeating: "x", count: RunCursor.textCapacity - cursor.firstLine.count)
    #expect(cursor.bytes.count <= 65_536)
  }

  @Test func whatIsCutOrChangedIsRefused() {
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

  @Test func whatCouldOverflowIsRefused() {
    let huge = UInt64(Int64.max)
    let changes: [(inout RunCursor) -> Void] = [
      { $0.input.offset = huge }, { $0.output.offset = .max }, { $0.line = huge },
      { $0.skipped = huge }, { $0.start = huge },
      { $0.history.add(.init(.killed, position: huge, time: 0)) },
    ]
    for change in changes {
      var changed = cursor
      change(&changed)
      #expect(throws: SampleError.self) { try RunCursor(changed.bytes) }
    }
  }

  @Test func marksGoOnInWhatIsReadForwards() {
    let file = (0..<6000).map { UInt8($0 % 251) }
    for (from, to) in [(10, 100), (100, 5000), (5000, 5500)] {
      let begun = RunCursor.Mark(before: UInt64(from), startingWith: file)
      let moved = begun.moved(to: UInt64(to), next: Array(file[from...]))
      #expect(moved == RunCursor.Mark(before: UInt64(to), startingWith: file))
    }
  }

  @Test func marksOfWhatIsInMemoryAreThoseOfTheFile() {
    let file = (0..<20_000).map { UInt8($0 % 251) }
    for offset in [0, 1, 4095, 4096, 4097, 9000] {
      let read = RunCursor.Mark(before: UInt64(offset)) { Array(file[Int($0)..<(Int($0) + $1)]) }
      let end = Array(file[max(0, offset - RunCursor.Mark.span)..<offset])
      #expect(
        RunCursor.Mark(before: UInt64(offset), startingWith: file, endingWith: end) == read)
    }
  }

  @Test func marksTellFilesApart() {
    let file = (0..<20_000).map { UInt8($0 % 251) }
    func mark(_ offset: UInt64, _ file: [UInt8]) -> RunCursor.Mark {
      RunCursor.Mark(before: offset) { Array(file[Int($0)..<(Int($0) + $1)]) }
    }
    let whole = mark(15_000, file)
    #expect(whole.agrees(with: mark(15_000, file + [1])))
    #expect(whole.agrees(with: .init(before: 15_000, startingWith: file)))
    for index in [0, 4095, 15_000 - 4096, 14_999] {
      var other = file
      other[index] ^= 1
      #expect(!whole.agrees(with: mark(15_000, other)))
    }
    #expect(!whole.agrees(with: mark(14_999, file)))
    // CRC-32C's check value.
    #expect(mark(9, Array("123456789".utf8)).head == 0xe306_9283)
  }
}
