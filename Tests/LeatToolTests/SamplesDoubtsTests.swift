// SPDX-License-Identifier: MIT

import LeatSamples
import Testing

private func rules(gap: Double? = nil, repeats: Bool = false, holds: Bool = false) -> SampleRules {
  var rules = SampleRules()
  (rules.gap, rules.asksAboutRepeats, rules.holds) = (gap, repeats, holds)
  return rules
}

private let timed = ColumnChoice(time: .init("t"))

@Suite struct DoubtfulTimes {
  private let text = "t,a,b\n0,1,2\n10,3,4\n20.1,5,6\n20,7,8\n20,9,9\n5,1,1\n15,2,2\n"

  @Test(arguments: [1, 5, 1000], [1, 2, 9]) func gaps(piece: Int, steps: Int) throws {
    let reading = try Reading(
      text, choice: timed, piece: piece, steps: steps, rules: rules(gap: 10), marksGaps: true)
    #expect(reading.rows.count == 7 && reading.gaps == [2, 5])
    #expect(reading.reader.memory.gaps == 2 && reading.reader.memory.lastTime == 15)
    #expect(reading.texts.map { $0.suffix(2) } == [",0", ",0", ",1", ",0", ",0", ",1", ",0"])
    #expect(
      reading.errors == [
        "line 4, column t: found '20.1', which is 10.1 s after 10 of the last sample, expected at "
          + "most 10 s",
        "line 7, column t: found '5', which is 15 s before 20 of the last sample, expected at most "
          + "10 s",
      ])
  }

  @Test(arguments: [1, 5, 1000], [1, 2, 9]) func repeats(piece: Int, steps: Int) throws {
    let reading = try Reading(
      text, choice: timed, piece: piece, steps: steps, rules: rules(gap: 10, repeats: true))
    // A time is compared with that of the last row that was taken in.
    #expect(
      reading.rows == [[1, 2], [3, 4], [5, 6], [1, 1], [2, 2]] && reading.gaps == [2, 3])
    #expect(reading.reader.memory.repeats == 2 && reading.reader.skipped == 0)
    #expect(
      reading.errors[1...] == [
        "line 5, column t: found '20', expected a time after 20.1 of the last sample",
        "line 6, column t: found '20', expected a time after 20.1 of the last sample",
        "line 7, column t: found '5', which is 15.1 s before 20.1 of the last sample, expected at "
          + "most 10 s",
      ])
  }

  @Test func withoutAGapEveryStepBackIsARepeat() throws {
    let reading = try Reading(text, choice: timed, rules: rules(repeats: true))
    #expect(reading.rows == [[1, 2], [3, 4], [5, 6]] && reading.gaps.isEmpty)
    #expect(
      reading.errors.last
        == "line 8, column t: found '15', expected a time after 20.1 of the last sample")
  }

  /// The rows after it stay.
  @Test func oneTimeInTheFuture() throws {
    let reading = try Reading(
      "t,a,b\n0,1,1\n1,2,2\n90000,3,3\n3,4,4\n4,5,5\n4,6,6\n", choice: timed,
      rules: rules(gap: 10, repeats: true))
    #expect(reading.rows.map(\.[0]) == [1, 2, 3, 4, 5] && reading.gaps == [2, 3])
    #expect(reading.reader.memory.repeats == 1)
  }

  @Test func timesAreShownAsDates() throws {
    let reading = try Reading(
      "d,t,a,b\n2024-01-31,10:00:00.25,1,2\n2024-02-01,\"10:00\",1,2\n",
      choice: .init(time: .init("d,t", names: ["d", "t"])), rules: rules(gap: 60))
    #expect(
      reading.errors == [
        "line 3, column d t: found '2024-02-01 10:00', which is 86399.75 s after 2024-01-31 "
          + "10:00:00.25 of the last sample, expected at most 60 s"
      ])
  }

  /// Decimal fractions of seconds aren't exact.
  @Test func steadyTimesHaveNoGaps() throws {
    var text = "t,a,b\n"
    for index in 0..<2000 { text += "17000000\(10 + index / 1000).\(1000 + index % 1000),1,2\n" }
    text = text.replacing(".1", with: ".")
    let reading = try Reading(text, choice: timed, rules: rules(gap: 0.001, repeats: true))
    #expect(reading.rows.count == 2000 && reading.errors.isEmpty)
  }

  @Test func hugeTimesAreNoTrouble() throws {
    let reading = try Reading(
      "t,a,b\n-1e300,1,2\n1e300,1,2\n99999999999,1,2\n", choice: timed, rules: rules(gap: 1))
    #expect(reading.rows.count == 3 && reading.gaps == [1, 2])
  }

  @Test func withoutRulesNothingIsDoubtful() throws {
    let reading = try Reading(text, choice: timed)
    #expect(reading.rows.count == 7 && reading.errors.isEmpty)
    #expect(reading.reader.memory.lastTime == 15)
  }
}

@Suite struct BadValues {
  @Test(arguments: [1, 5, 1000], [1, 2, 9]) func areReplaced(piece: Int, steps: Int) throws {
    let text = "a,b\n1,2\n,3\n4,nan\nx,1e31\n5,6\ninf,\n"
    let reading = try Reading(text, piece: piece, steps: steps, rules: rules(holds: true))
    #expect(reading.rows == [[1, 2], [1, 3], [4, 3], [4, 3], [5, 6], [5, 6]])
    #expect(reading.reader.memory.held == 6)
    let expected = "expected a number of magnitude at most 1e+30"
    #expect(
      reading.errors == [
        "line 3, column a: found nothing, \(expected)",
        "line 4, column b: found 'nan', \(expected)",
        "line 5, column a: found 'x', \(expected) (and 1 more)",
        "line 7, column a: found 'inf', \(expected) (and 1 more)",
      ])
  }

  @Test func onlyAfterASampleAndOnlyInSamples() throws {
    let reading = try Reading(
      "t,a,b\n1,x,2\n2,1,2\nx,3,4\n4,x\n5,6,x\n", choice: timed, rules: rules(holds: true))
    #expect(reading.rows == [[1, 2], [6, 2]])
    #expect(
      reading.errors.map { $0.prefix(32) } == [
        "line 2, column a: found 'x', exp", "line 4, column t: found 'x', exp",
        "line 5: found 2 fields, expected", "line 6, column b: found 'x', exp",
      ])
    #expect(
      reading.errors[0].hasSuffix("; there is no sample before it whose value it could take"))
    #expect(reading.reader.skipped == 3)
  }

  @Test func aLineMayHaveEveryDoubt() throws {
    let text = "t,a,b\n1,1,2\n50,x,3\n50,y,4\n"
    let reading = try Reading(
      text, choice: timed, rules: rules(gap: 5, repeats: true, holds: true))
    #expect(reading.rows == [[1, 2], [1, 3]] && reading.gaps == [1])
    #expect(reading.errors.count == 3 && reading.errors[2].contains("expected a time after 50"))
    #expect(reading.reader.memory.held == 1 && reading.reader.memory.gaps == 1)
  }

  @Test func ofRawSamples() {
    var reader = RawReader(inputSize: 2, limit: 10)
    reader.rules = rules(holds: true)
    let values = [.nan, 2, 1, 2, .nan, 11, 3, .infinity] as [Float]
    let buffer = InputBuffer(capacity: 64)
    _ = buffer.add { room in
      let bytes = values.flatMap { value in
        (0..<4).map { UInt8(value.bitPattern >> ($0 * 8) & 255) }
      }
      room.copyBytes(from: bytes)
      return bytes.count
    }
    let block = SampleBlock(inputSize: 2, outputSize: 1, carried: 0, capacity: 4)
    var (malformed, doubtful) = (0, 0)
    loop: while true {
      switch reader.fill(block, limit: 4, from: buffer, isEnd: true) {
      case .malformed:
        malformed += 1
        reader.skip(from: buffer)
      case .doubtful(let doubt, _):
        doubtful += 1
        reader.accept(doubt)
      default: break loop
      }
    }
    #expect(malformed == 1 && doubtful == 2 && reader.memory.held == 3)
    #expect((0..<6).map { block.inputs[$0] } == [1, 2, 1, 2, 3, 2])
    #expect(reader.memory.lastInputs == [3, 2])
  }
}

/// A reader that continues decides in the same way, wherever the one before it ended.
@Suite struct ContinuedDoubts {
  private let lines = [
    "t,a,b\n", "0,1,2\n", "1,x,3\n", "1,4,4\n", "60,5,y\n", "61,,\n", "55,9,9\n", "200,6,7\n",
  ]

  /// As the store has it: written and read.
  private func cursor(after first: Reading) throws -> RunCursor {
    var cursor = RunCursor(
      input: .init(before: first.reader.offset, startingWith: []), line: first.reader.line,
      skipped: 0, isAfterOpenLine: false, firstLine: Array("t,a,b".utf8), outputKind: .file,
      output: .init(before: 0, startingWith: []), layout: "", history: History())
    cursor.memory = first.reader.memory
    return try RunCursor(cursor.bytes)
  }

  @Test func continuesAnywhere() throws {
    let rules = rules(gap: 10, repeats: true, holds: true)
    let whole = try Reading(lines.joined(), choice: timed, rules: rules)
    #expect(whole.rows == [[1, 2], [1, 3], [5, 3], [5, 3], [6, 7]] && whole.gaps == [2, 4])
    for cut in 2...lines.count {
      let first = try Reading(lines[..<cut].joined(), choice: timed, rules: rules)
      let second = try Reading(
        lines[cut...].joined(), choice: timed, rules: rules, after: cursor(after: first))
      #expect(first.rows + second.rows == whole.rows, "\(cut)")
      #expect(first.errors + second.errors == whole.errors, "\(cut)")
      #expect(first.gaps + second.gaps.map { $0 + first.rows.count } == whole.gaps, "\(cut)")
      #expect(second.reader.memory == whole.reader.memory, "\(cut)")
    }
  }

  @Test func aRunWithoutHoldKeepsNoValues() throws {
    let first = try Reading(lines[..<2].joined(), choice: timed)
    let second = try Reading(
      "1,x,3\n", choice: timed, rules: rules(holds: true), after: cursor(after: first))
    #expect(
      second.errors.first?.hasSuffix(
        "no sample before it whose value it could take: the run before kept no values") == true)
  }

  @Test func inputsOfAnotherModelAreForgotten() throws {
    for inputs in [[1, 2, 3], [.nan, 1], [1e31, 1], []] as [[Float]] {
      var memory = SampleMemory()
      memory.lastInputs = inputs
      var reader = CSVReader(limit: 1e30)
      try reader.resume(
        ColumnChoice(), inputSize: 2, firstLine: Array("a,b".utf8), offset: 4, line: 1, skipped: 0,
        isAfterOpenLine: false, memory: memory, mayRepeatHeader: false)
      #expect(reader.memory.lastInputs.isEmpty)
    }
  }
}
