// SPDX-License-Identifier: MIT

import LeatSamples
import Testing

@Suite struct ReadingText {
  @Test(arguments: [1, 2, 3, 7, 1000]) func piecesMakeNoDifference(piece: Int) throws {
    let text =
      "\u{feff}a,b\r\n1,2\r\n\r\n# a comment, with more\r\n \"3\" , 4 \n\"5\",\"6\"\r\n\n7,8"
    let reading = try Reading(text, piece: piece)
    #expect(reading.rows == [[1, 2], [5, 6], [7, 8]])
    #expect(
      reading.errors == [
        "line 5, column a: found '\"3\"', expected a number of magnitude at most 1e+30"
      ])
    #expect(reading.reader.offset == UInt64(text.utf8.count))
    #expect(reading.reader.line == 8)
    #expect(reading.reader.skipped == 1)
    #expect(reading.reader.isAfterOpenLine)
  }

  @Test func theHeaderMayComeAgainAndAnotherMayNot() throws {
    let reading = try Reading("a,b\n1,2\n a ,\"b\"\n3,4\nx\nb,a\n5,6\n")
    #expect(reading.rows == [[1, 2], [3, 4]])
    #expect(
      reading.errors == [
        "line 5: found 1 field, expected 2",
        "refused: line 6: found another header, b, a; expected a, b",
      ])
    let none = try Reading("a,b\n1,2\n", choice: ColumnChoice(hasHeader: false))
    #expect(none.rows == [[1, 2]] && none.errors.count == 1)
  }

  @Test(arguments: [1, 2, 3, 1000]) func joinedFilesKeepTheirByteOrderMarks(piece: Int) throws {
    let mark = "\u{feff}"
    let file = mark + "a,b\r\n1,2\r\n"
    let joined = try Reading(file + file + mark + "# a comment\n" + mark + "\n", piece: piece)
    #expect(joined.rows == [[1, 2], [1, 2]] && joined.errors.isEmpty)
    #expect(joined.reader.offset == UInt64(2 * file.utf8.count + 19) && joined.reader.line == 6)
    let bare = try Reading(mark + "1,2\n" + mark + "\"3\",4\n", piece: piece)
    #expect(bare.rows == [[1, 2], [3, 4]] && bare.errors.isEmpty)
    let another = try Reading(file + mark + "b,a\n", piece: piece)
    #expect(another.errors == ["refused: line 3: found another header, b, a; expected a, b"])
  }

  @Test func aHeaderOfNumbersMayComeAgain() throws {
    let text = "1,2\n5,6\n1,2\n2,1\n1.0,2\n"
    let told = try Reading(text, choice: ColumnChoice(hasHeader: true))
    #expect(told.rows == [[5, 6], [2, 1], [1, 2]] && told.reader.line == 5)
    #expect(try Reading(text).rows.count == 5)
  }

  @Test func aFirstLineThatMayBeAHeaderIsCalledSo() throws {
    let expected = "expected a number of magnitude at most 1e+30"
    let text = "# a comment\nsensor,2023\n1,2\nx,3\n"
    let reading = try Reading(text)
    #expect(
      reading.errors == [
        "line 2, column 1: found 'sensor', \(expected); if line 2 is a header, say so",
        "line 4, column 1: found 'x', \(expected)",
      ])
    #expect(try Reading("nan,1\n").errors == ["line 1, column 1: found 'nan', \(expected)"])
    let told = try Reading(text, choice: ColumnChoice(hasHeader: false))
    #expect(told.errors[0] == "line 2, column 1: found 'sensor', \(expected)")
  }

  @Test func anotherFileBeginsAnew() throws {
    var reader = CSVReader(limit: 1e30)
    let buffer = InputBuffer(capacity: 64)
    let block = SampleBlock(inputSize: 2, outputSize: 1, carried: 0, capacity: 4)
    func add(_ text: String) {
      _ = buffer.add { room in
        room.copyBytes(from: text.utf8)
        return text.utf8.count
      }
    }
    add("a,b\n1,2\n3")
    _ = try reader.readLayout(ColumnChoice(), inputSize: 2, from: buffer, isEnd: false)
    guard case .needsInput = reader.fill(block, limit: 4, from: buffer, isEnd: false) else {
      throw SampleError("expected a line")
    }
    guard case .malformed(let error)? = reader.leftOver(in: buffer) else {
      throw SampleError("expected what is left over")
    }
    #expect(
      error.description
        == "line 3: found '3' without a line feed where the file was cut or replaced")
    reader.skip(from: buffer)
    reader.beginFile(isWhole: false)
    // The first line may be the rest of that line, so it is no sample.
    add("7,8\n5,6\n")
    guard case .malformed = reader.fill(block, limit: 4, from: buffer, isEnd: false) else {
      throw SampleError("expected no sample")
    }
    reader.skip(from: buffer)
    _ = reader.fill(block, limit: 4, from: buffer, isEnd: false)
    #expect(block.count == 2 && block.inputs[2] == 5)
    #expect(reader.offset == 8 && reader.line == 2 && reader.skipped == 2)
    reader.beginFile(isWhole: false)
    add("\u{feff}# a comment\na,b\n9,9\n")
    _ = reader.fill(block, limit: 4, from: buffer, isEnd: false)
    #expect(block.count == 3 && reader.line == 3 && reader.skipped == 2)
  }

  @Test func aBlockIsReadAgain() throws {
    var reader = CSVReader(limit: 1e30)
    let buffer = InputBuffer(capacity: 64)
    let text = "a,b\n1,2\n\n3,4\n5,6\n"
    _ = buffer.add { room in
      room.copyBytes(from: text.utf8)
      return text.utf8.count
    }
    _ = try reader.readLayout(ColumnChoice(), inputSize: 2, from: buffer, isEnd: false)
    let block = SampleBlock(inputSize: 2, outputSize: 1, carried: 0, capacity: 4)
    let (before, count) = (reader, buffer.count)
    _ = reader.fill(block, limit: 4, from: buffer, isEnd: false)
    #expect(block.count == 3 && buffer.isEmpty)
    reader = before
    buffer.putBack(count - buffer.count)
    block.removeAll()
    _ = reader.fill(block, limit: 2, from: buffer, isEnd: false)
    #expect(block.count == 2 && block.inputs[3] == 4)
    #expect(reader.offset == 13 && reader.line == 4)
    #expect(Array(buffer.bytes) == Array("5,6\n".utf8))
  }

  @Test func namesWhatIsMalformed() throws {
    let reading = try Reading(
      "a,b\n1\n1,2,3\n1,x\n,2\n1,nan\n1,inf\n1,1e31\n\"1,2\n1,\"2\"3\n1,2\n", capacity: 200)
    #expect(reading.rows == [[1, 2]])
    let expected = "expected a number of magnitude at most 1e+30"
    #expect(
      reading.errors == [
        "line 2: found 1 field, expected 2", "line 3: found 3 fields, expected 2",
        "line 4, column b: found 'x', \(expected)", "line 5, column a: found nothing, \(expected)",
        "line 6, column b: found 'nan', \(expected)", "line 7, column b: found 'inf', \(expected)",
        "line 8, column b: found '1e31', \(expected)", "line 9: a quoted field isn't closed",
        "line 10: a quoted field isn't closed",
      ])
  }

  @Test func linesThatAreTooLongAreSkippedWhole() throws {
    let long = String(repeating: "1", count: 1000)
    for end in ["\n", ""] {
      let reading = try Reading("a,b\n1,2\n3,\(long)\n4,5\n6,\(long)\(end)", piece: 13)
      #expect(reading.rows == [[1, 2], [4, 5]])
      #expect(
        reading.errors == [
          "line 3: found more than 63 bytes, expected a shorter line; are these lines of text?",
          "line 5: found more than 63 bytes, expected a shorter line; are these lines of text?",
        ])
    }
  }

  @Test func carriedTextControlsNoTerminal() throws {
    let text = "a,b,t\n1,2,p\u{1b}[2J\u{9b}1m\u{7f}é泵\r\n"
    let choice = ColumnChoice(inputs: ["a", "b"], carried: ["t"])
    #expect(try Reading(text, choice: choice).texts == ["p\u{1b}[2J\u{9b}1m\u{7f}é泵,7"])
    #expect(try Reading(text, choice: choice, isForTerminal: true).texts == ["p?[2J?1m?é泵,7"])
  }

  @Test func textIsCarriedAsItStands() throws {
    let choice = ColumnChoice(inputs: ["c", "a"], time: .init("t"), carried: ["n"])
    let reading = try Reading(
      "n,a,t,c\n\"x, \"\"y\"\"\",1,1970-01-01 00:00,2\n z ,3,5.50,4\nw,3,never,4\n", choice: choice,
      capacity: 100)
    #expect(reading.rows == [[2, 1], [4, 3]])
    #expect(reading.texts == ["1970-01-01 00:00,\"x, \"\"y\"\"\",7", "5.50, z ,7"])
    #expect(
      reading.errors == [
        "line 4, column t: found 'never', expected Unix time or "
          + "YYYY-MM-DD[ HH:MM[:SS[.fff]][Z|+hh:mm]]"
      ])
  }

  @Test func aLineThatGoesOnIsNoticed() throws {
    for (rest, rows, errors) in [
      ("\n3,4\n", [[3, 4]], []), ("\r\n3,4\n", [[3, 4]], []),
      (
        "5\n3,4\n", [[3, 4]],
        ["line 2: was taken in without a line feed at its end, and now continues with '5'"]
      ),
    ] as [(String, [[Float]], [String])] {
      var reader = CSVReader(limit: 1e30)
      try reader.resume(
        ColumnChoice(), inputSize: 2, firstLine: Array("a,b".utf8), offset: 7, line: 2, skipped: 0,
        isAfterOpenLine: true, mayRepeatHeader: false)
      let buffer = InputBuffer(capacity: 64)
      _ = buffer.add { room in
        room.copyBytes(from: rest.utf8)
        return rest.utf8.count
      }
      let block = SampleBlock(inputSize: 2, outputSize: 1, carried: 0, capacity: 4)
      var found: [String] = []
      loop: while true {
        switch reader.fill(block, limit: 4, from: buffer, isEnd: true) {
        case .malformed(let error):
          found.append(error.description)
          reader.skip(from: buffer)
        default: break loop
        }
      }
      #expect(found == errors)
      #expect((0..<block.count).map { [block.inputs[2 * $0], block.inputs[2 * $0 + 1]] } == rows)
      #expect(reader.offset == 7 + UInt64(rest.utf8.count))
      #expect(reader.line == 3)
    }
  }
}

@Suite struct ReadingRawSamples {
  @Test func readsLittleEndianAndNamesWhatIsWrong() {
    var reader = RawReader(inputSize: 2, limit: 10)
    let values = [1, -2, .nan, 4, 5, 11, 7, 8] as [Float]
    let bytes = values.flatMap { value in (0..<4).map { UInt8(value.bitPattern >> ($0 * 8) & 255) }
    }
    let buffer = InputBuffer(capacity: 64)
    _ = buffer.add { room in
      room.copyBytes(from: bytes + [1, 2, 3])
      return bytes.count + 3
    }
    let block = SampleBlock(inputSize: 2, outputSize: 1, carried: 0, capacity: 4)
    var errors: [String] = []
    loop: while true {
      switch reader.fill(block, limit: 4, from: buffer, isEnd: true) {
      case .malformed(let error):
        errors.append(error.description)
        reader.skip(from: buffer)
      default: break loop
      }
    }
    #expect((0..<4).map { block.inputs[$0] } == [1, -2, 7, 8])
    #expect(
      errors == [
        "sample 2, value 1: found nan, expected a magnitude of at most 10.0",
        "sample 3, value 2: found 11.0, expected a magnitude of at most 10.0",
        "sample 5: the input ends after 3 of its 8 bytes",
      ])
    // After the last whole sample: the rest of the next may come later.
    #expect(reader.offset == 32)
  }
}
