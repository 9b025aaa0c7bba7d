// SPDX-License-Identifier: MIT

import LeatSamples
import Testing

private let comma = CSVDialect(separator: UInt8(ascii: ";"), decimal: UInt8(ascii: ","))
private let blank = CSVDialect(separator: UInt8(ascii: " "))

@Suite struct ReadingDialects {
  @Test func aDecimalComma() throws {
    let reading = try Reading(
      "t;a;b\n1,5;1,25;-3\n2;,5;1e-3\n3;1.5;2\n4;1.000,5;2\n5;1,2,3;2\n",
      choice: .init(time: .init("t")),
      dialect: comma)
    #expect(reading.rows == [[1.25, -3], [0.5, 0.001]])
    #expect(reading.texts == ["1,5;7", "2;7"])
    let expected = "expected a number of magnitude at most 1e+30, with a decimal comma"
    #expect(
      reading.errors == [
        "line 4, column a: found '1.5', \(expected)",
        "line 5, column a: found '1.000,5', \(expected)",
        "line 6, column a: found '1,2,3', \(expected)",
      ])
  }

  /// Each number, also those that strtof reads, is the same as with a point.
  @Test func theSameFloatsWithAComma() {
    var random = SplitMix(state: 3)
    for _ in 0..<20_000 {
      let value = Float(bitPattern: UInt32.random(in: 0..<0x7f80_0000, using: &random))
      var text = "\(value)".replacing(".", with: ",")
      if Bool.random(using: &random) { text = "0000000000000000000" + text }
      let read = text.withUTF8 { DecimalReader.read($0, point: UInt8(ascii: ",")) }
      #expect(read?.bitPattern == value.bitPattern, "\(text)")
      let (point, comma) = (written(value, "."), written(value, ","))
      #expect(comma == point.replacing(".", with: ","))
    }
  }

  private func written(_ value: Float, _ point: Unicode.Scalar) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: DecimalWriter.capacity) { text in
      let count = DecimalWriter(point: UInt8(ascii: point)).write(value, to: text.baseAddress!)
      return String(decoding: text[..<count], as: UTF8.self)
    }
  }

  @Test(arguments: [1, 2, 7, 1000]) func severalBlanksAreOneSeparator(piece: Int) throws {
    let text = "a  b\n1 2  \n   3    4\r\n\n   \n\"5\"  \" 6\" \n7 8 9\n10 \n"
    let reading = try Reading(text, piece: piece, dialect: blank)
    #expect(reading.rows == [[1, 2], [3, 4], [5, 6]])
    #expect(
      reading.errors == [
        "line 7: found 3 fields, expected 2", "line 8: found 1 field, expected 2",
      ])
    let dates = try Reading(
      "2024-01-31  12:00:01   5  6  \n",
      choice: .init(time: .init("1,2", names: ["1", "2"])), dialect: blank)
    #expect(dates.rows == [[5, 6]] && dates.texts == ["2024-01-31 12:00:01 7"])
  }

  @Test func aDateAndATimeOfDay() throws {
    for order in ["d,t", "t,d"] {
      let swapped = order == "t,d"
      let lines = [("31/12/2024", "23:59:30.5"), ("1/1/2025", "0:00"), ("2024-12-31", "10:00")]
        .map { swapped ? "\($1),\($0),1,2\n" : "\($0),\($1),1,2\n" }
      let reading = try Reading(
        "\(order),a,b\n" + lines.joined(), choice: .init(time: .init("d,t", names: ["d", "t"])),
        dialect: CSVDialect(times: .dmy))
      #expect(reading.rows.count == 2)
      #expect(reading.texts == ["31/12/2024,23:59:30.5,7", "1/1/2025,0:00,7"])
      #expect(reading.reader.memory.lastTime == 1_735_689_600)
      #expect(
        reading.errors == [
          "line 4, column d: found '2024-12-31', expected DD/MM/YYYY; the format iso or ymd "
            + "reads it"
        ])
    }
    let reading = try Reading(
      "d,t,a,b\n2024-01-31,25:00,1,2\n2024-01-31,,1,2\n20240131,235959,1,2\n",
      choice: .init(time: .init("d,t", names: ["d", "t"])))
    #expect(reading.rows.count == 1 && reading.reader.memory.lastTime == 1_706_745_599)
    #expect(
      reading.errors == [
        "line 2, column t: found '25:00', expected HH:MM[:SS[.fff]][Z|+hh:mm]",
        "line 3, column t: found nothing, expected HH:MM[:SS[.fff]][Z|+hh:mm]",
      ])
  }

  @Test func anotherDialectIsNamed() throws {
    func refusal(_ text: String, _ dialect: CSVDialect = CSVDialect()) -> String {
      do { return try Reading(text, dialect: dialect).errors.first ?? "" } catch {
        return "\(error)"
      }
    }
    #expect(refusal("t;a;b\n1;2;3\n").hasSuffix("(the separator ';'?)"))
    #expect(refusal("t\ta\tb\n1\t2\t3\n").hasSuffix("(the separator tab?)"))
    #expect(refusal("1 2\n").hasSuffix("(the separator ' '?)"))
    #expect(refusal("1,2\n", comma).hasSuffix("(the separator ','?)"))
    #expect(refusal("1,5;2\n").contains("magnitude at most 1e+30 (the separator ';'?)"))
    #expect(
      refusal("a;b\n1,5;2\n", CSVDialect(separator: UInt8(ascii: ";")))
        == "line 2, column a: found '1,5', expected a number of magnitude at most 1e+30 (the decimal "
        + "sign ,?)")
    #expect(
      refusal("a,b\nV,A\n1,2\n")
        == "refused: line 2: found another header, V, A; expected a, b; if these are units, the place "
        + "after a header 1")
    #expect(
      refusal("a,b\n°C,°C\n1,2\n").hasSuffix("; if these are units, the place after a header 1"))
    #expect(refusal("a,b\nb,a\n1,2\n").hasSuffix("found another header, b, a; expected a, b"))
  }

  @Test func anotherFormatIsNamed() throws {
    let iso = "expected Unix time or YYYY-MM-DD[ HH:MM[:SS[.fff]][Z|+hh:mm]]"
    let reading = try Reading(
      "t,a,b\n31/12/2024 10:00,1,2\n12:30,1,2\n", choice: .init(time: .init("t")))
    #expect(
      reading.errors == [
        "line 2, column t: found '31/12/2024 10:00', \(iso); the format dmy reads it",
        "line 3, column t: found '12:30', \(iso)",
      ])
    let either = try Reading("t,a,b\n1/2/2024,1,2\n", choice: .init(time: .init("t")))
    #expect(either.errors.first?.hasSuffix("; the format dmy or mdy reads it") == true)
  }
}

@Suite struct LeavingLinesOut {
  private let dialect = CSVDialect(linesBefore: 2, linesAfter: 1)

  @Test(arguments: [1, 2, 3, 1000]) func linesAroundTheHeader(piece: Int) throws {
    let reading = try Reading(
      "Site \"x\n\na,b\nV,A\n1,2\n\na,b\n# units\n3,4\n1,V\n", piece: piece, dialect: dialect)
    #expect(reading.rows == [[1, 2], [3, 4]])
    #expect(
      reading.errors == [
        "line 10, column b: found 'V', expected a number of magnitude at most 1e+30"
      ])
    #expect(reading.reader.line == 10)
  }

  @Test func theHeaderMayComeEarlierInAFile() throws {
    // The units are that line which comes after the last header.
    let reading = try Reading("x\ny\na,b\na,b\nV,A\n1,2\n", dialect: dialect)
    #expect(reading.rows == [[1, 2]] && reading.errors.isEmpty)
  }

  @Test func withoutAHeader() throws {
    let reading = try Reading("x\ny\n1,2\n3,4", dialect: CSVDialect(linesBefore: 2))
    #expect(reading.rows == [[1, 2], [3, 4]] && reading.reader.line == 4)
    #expect {
      try Reading("x\ny\n1,2\n", dialect: dialect)
    } throws: { error in
      "\(error)"
        == "line 3: holds no names, expected the header that the lines to leave out come after; if "
        + "it is one, say so"
    }
    #expect(throws: SampleError.self) { try Reading("x\ny\n", dialect: dialect) }
    #expect(throws: SampleError.self) {
      try Reading(String(repeating: "x", count: 100) + "\n1,2\n", dialect: dialect)
    }
  }

  /// At each line a reader ends, and another one continues with what a checkpoint has.
  @Test(arguments: [false, true]) func continuesAnywhere(isFile: Bool) throws {
    let lines = ["x\n", "y\n", "a,b\n", "V,A\n", "1,2\n", "a,b\n", "V,A\n", "3,4\n", "5,6\n"]
    for cut in 3...lines.count {
      var reader = CSVReader(dialect, limit: 1e30)
      let buffer = InputBuffer(capacity: 64)
      let block = SampleBlock(inputSize: 2, outputSize: 1, carried: 0, capacity: 9)
      fill(buffer, lines[..<cut].joined())
      let first = try reader.readLayout(ColumnChoice(), inputSize: 2, from: buffer, isEnd: true)
      guard case .needsInput = reader.fill(block, limit: 9, from: buffer, isEnd: isFile) else {
        throw SampleError("expected no error")
      }
      var resumed = CSVReader(dialect, limit: 1e30)
      try resumed.resume(
        ColumnChoice(), inputSize: 2, firstLine: first ?? [], offset: reader.offset,
        line: reader.line, skipped: 0, isAfterOpenLine: false, memory: reader.memory,
        mayRepeatHeader: false)
      fill(buffer, lines[cut...].joined())
      guard case .needsInput = resumed.fill(block, limit: 9, from: buffer, isEnd: true) else {
        throw SampleError("expected no error after line \(cut)")
      }
      #expect((0..<6).map { block.inputs[$0] } == [1, 2, 3, 4, 5, 6] && block.count == 3)
      #expect(resumed.line == 9)
    }
  }

  @Test func eachFileHasThem() throws {
    var reader = CSVReader(dialect, limit: 1e30)
    let buffer = InputBuffer(capacity: 64)
    let block = SampleBlock(inputSize: 2, outputSize: 1, carried: 0, capacity: 9)
    let file = "x\ny\na,b\nV,A\n1,2\n"
    fill(buffer, file)
    _ = try reader.readLayout(ColumnChoice(), inputSize: 2, from: buffer, isEnd: false)
    for count in 1...4 {
      _ = reader.fill(block, limit: 9, from: buffer, isEnd: true)
      #expect(block.count == count)
      reader.beginFile(isWhole: false)
      // One without the lines before its header is understood, too.
      fill(buffer, count == 2 ? "a,b\nV,A\n1,2\n" : file)
    }
  }

  /// A file without the lines that are left out would lose samples without a word.
  @Test(arguments: [0, 2]) func aSampleIsNotLeftOut(before: UInt64) throws {
    let dialect = CSVDialect(linesBefore: before, linesAfter: 1)
    for (text, error) in [
      ("5,6\n7,8\n", before == 0 ? nil : "line 1 is a sample, expected one of the 2 lines"),
      ("x\n5,6\n", before == 0 ? nil : "line 2 is a sample, expected one of the 2 lines"),
      ("a,b\n5,6\n", "line 2 is a sample, expected the line that the place after a header"),
    ] {
      var reader = CSVReader(dialect, limit: 1e30)
      try reader.resume(
        ColumnChoice(), inputSize: 2, firstLine: Array("a,b".utf8), offset: 16, line: 5, skipped: 0,
        isAfterOpenLine: false, mayRepeatHeader: false)
      reader.beginFile(isWhole: true)
      let buffer = InputBuffer(capacity: 64)
      let block = SampleBlock(inputSize: 2, outputSize: 1, carried: 0, capacity: 9)
      fill(buffer, text)
      guard case .refused(let refusal) = reader.fill(block, limit: 9, from: buffer, isEnd: true)
      else {
        #expect(error == nil, "\(text)")
        continue
      }
      #expect(error.map(refusal.description.hasPrefix) == true, "\(refusal)")
      #expect(block.count == 0)
    }
  }

  @Test func notInTheFirstFile() throws {
    let reading = try Reading("a,b\n1,2\n3,4\n", dialect: CSVDialect(linesAfter: 2))
    #expect(
      reading.errors == [
        "refused: line 2 is a sample, expected one of the 2 lines that the place after a header "
          + "leaves out"
      ])
    let three = CSVDialect(linesBefore: 3)
    #expect {
      try Reading("a,b\n1,2\n3,4\n5,6\n", dialect: three)
    } throws: { error in
      "\(error)"
        == "line 2 is a sample, expected one of the 3 lines that the place before a header leaves "
        + "out"
    }
    // Another table may come before the header, or before the samples if the user says so.
    #expect(try Reading("x,y\n1,2\n3,4\na,b\n5,6\n", dialect: three).rows == [[5, 6]])
    let choice = ColumnChoice(hasHeader: false)
    #expect(try Reading("x,y\n1,2\n3,4\n5,6\n", choice: choice, dialect: three).rows == [[5, 6]])
  }

  /// A rest that ends after its header has no line for the next rest to leave out.
  @Test func anUncountedHeaderIsForgotten() throws {
    let dialect = CSVDialect(linesAfter: 1)
    var memory = SampleMemory()
    for (rest, rows) in [("a,b\n", 0), ("3,4\n5,6\n", 2)] {
      var reader = CSVReader(dialect, limit: 1e30)
      try reader.resume(
        ColumnChoice(), inputSize: 2, firstLine: Array("a,b".utf8), offset: 16, line: 5, skipped: 0,
        isAfterOpenLine: false, memory: memory, mayRepeatHeader: true)
      let buffer = InputBuffer(capacity: 64)
      let block = SampleBlock(inputSize: 2, outputSize: 1, carried: 0, capacity: 9)
      fill(buffer, rest)
      guard case .needsInput = reader.fill(block, limit: 9, from: buffer, isEnd: true) else {
        throw SampleError("expected no error")
      }
      memory = reader.memory
      #expect(block.count == rows && memory.linesToPass == 0)
    }
  }

  /// The rest of a pipe may begin with the header, and then has the lines after it.
  @Test func theRestOfAPipe() throws {
    for rest in ["3,4\n", "a,b\nV,A\n3,4\n"] {
      var reader = CSVReader(dialect, limit: 1e30)
      try reader.resume(
        ColumnChoice(), inputSize: 2, firstLine: Array("a,b".utf8), offset: 16, line: 5, skipped: 0,
        isAfterOpenLine: false, mayRepeatHeader: true)
      let buffer = InputBuffer(capacity: 64)
      let block = SampleBlock(inputSize: 2, outputSize: 1, carried: 0, capacity: 9)
      fill(buffer, rest)
      _ = reader.fill(block, limit: 9, from: buffer, isEnd: true)
      #expect(block.count == 1 && block.inputs[0] == 3)
      // Neither is a line of the input that was read before.
      #expect(reader.line == 6 && reader.offset == 20)
    }
  }

  private func fill(_ buffer: InputBuffer, _ text: String) {
    _ = buffer.add { room in
      room.copyBytes(from: text.utf8)
      return text.utf8.count
    }
  }
}
