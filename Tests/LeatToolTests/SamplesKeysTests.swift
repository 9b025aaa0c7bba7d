// SPDX-License-Identifier: MIT

import LeatSamples
import Testing

private func table(most: Int = 100, longest: Int = 40) -> KeyTable {
  KeyTable(most: most, longest: longest, remedy: "there may be")
}

extension Reading {
  fileprivate var keys: [String] {
    (0..<(reader.keys?.count ?? 0)).map { reader.keys?[$0] ?? "" }
  }
}

@Suite struct Keys {
  private let choice = ColumnChoice(keys: ["unit"])

  @Test(arguments: [1, 5, 1000], [1, 2, 9]) func rowsHaveStreams(piece: Int, steps: Int) throws {
    let reading = try Reading(
      "a,unit,b\n1,x,2\n3,y,4\n5,x,6\n7,z,8\n", choice: choice, piece: piece, steps: steps,
      keys: table())
    #expect(reading.rows == [[1, 2], [3, 4], [5, 6], [7, 8]] && reading.errors.isEmpty)
    #expect(reading.streams == [0, 1, 0, 2] && reading.keys == ["x", "y", "z"])
    #expect(reading.texts == ["x,7", "y,7", "x,7", "z,7"])
  }

  @Test func valuesInQuotesAreExact() throws {
    let text = """
      unit,a,b
      x,1,1
      "x",1,1
       x ,1,1
      "x ",1,1
      X,1,1
      "a,b",1,1
      "say ""x""\",1,1
      a"b,1,1
      a/b,1,1
      a\\b,1,1
      "a/b",1,1

      """
    let reading = try Reading(text, choice: choice, keys: table())
    #expect(reading.errors.isEmpty && reading.streams == [0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 6])
    #expect(
      reading.keys == ["x", "x ", "X", "a,b", "say \"x\"", "a\"b", "a\\/b", "a\\\\b"])
  }

  @Test func twoColumnsHaveOneKey() throws {
    let text = "site,unit,a,b\np/q,r,1,1\np,q/r,1,1\np,\"q/r\",1,1\n\"p\",\"q\",1,1\nq,p,1,1\n"
    let reading = try Reading(
      text, choice: ColumnChoice(keys: ["site", "unit"]), keys: table())
    #expect(reading.streams == [0, 1, 1, 2, 3])
    #expect(reading.keys == ["p\\/q/r", "p/q\\/r", "p/q", "q/p"])
    let swapped = try Reading(
      text, choice: ColumnChoice(keys: ["unit", "site"]), keys: table())
    #expect(swapped.keys[0] == "r/p\\/q" && swapped.texts[0] == "r,p/q,7")
  }

  @Test func whatIsNoKeyIsMalformed() throws {
    let reading = try Reading(
      "unit,a,b\n,1,1\n\"\",1,1\n   ,1,1\nabcde,1,1\nabcd,2,2\nx\0,1,1\nabc/,1,1\nab/,3,3\n",
      choice: choice, keys: table(longest: 4))
    #expect(reading.rows == [[2, 2], [3, 3]] && reading.keys == ["abcd", "ab\\/"])
    let nothing = "column unit: found nothing, expected the name of a stream"
    #expect(
      reading.errors == [
        "line 2, \(nothing)", "line 3, \(nothing)", "line 4, \(nothing)",
        "line 5, column unit: found 'abcde' of 5 bytes, expected at most 4",
        "line 7, column unit: found 'x?', expected a name in UTF-8 without NUL",
        "line 8, column unit: found 'abc\\/' of 5 bytes, expected at most 4",
      ])
    #expect(reading.reader.skipped == 6)
  }

  @Test func oneStreamTooManyEndsTheInput() throws {
    let reading = try Reading(
      "unit,a,b\nx,1,1\ny,2,2\nx,3,3\nz,4,4\nx,5,5\n", choice: choice, keys: table(most: 2))
    #expect(reading.rows == [[1, 1], [2, 2], [3, 3]])
    #expect(
      reading.errors == [
        "refused: line 5, column unit: found 'z', one stream more than the 2 that there may be"
      ])
  }

  @Test func manyKeysAreFound() throws {
    var keys = table(most: 5000)
    let added = (0..<5000).filter { keys.add("k\($0 * 7)") }
    let mayAddMore = keys.add("one more")
    #expect(added.count == 5000 && !mayAddMore)
    #expect(keys.count == 5000 && keys[4999] == "k34993")
    for key in 0..<5000 {
      let found = Array("k\(key * 7)".utf8).withUnsafeBufferPointer { keys.stream(of: $0) }
      #expect(found == key)
    }
    #expect(Array("k1".utf8).withUnsafeBufferPointer { keys.stream(of: $0) } == nil)
  }

  @Test func theColumnsOfKeysAreNoInputs() throws {
    let layout = try ColumnLayout(
      ColumnChoice(carried: ["note", "unit"], keys: ["unit"]),
      fields: ["unit", "time", "a", "note"], inputSize: 1)
    #expect(layout.inputs == [2] && layout.time == 1 && layout.texts == [1, 0, 3])
    // A column of keys isn't taken for the time.
    let days = try ColumnLayout(
      ColumnChoice(inputs: ["a"], keys: ["date"]), fields: ["date", "a"], inputSize: 1)
    #expect(days.time == nil && days.texts == [0])
    let numbers = try ColumnLayout(
      ColumnChoice(keys: ["1"]), fields: ["7", "1.5", "2.5"], inputSize: 2)
    #expect(numbers.inputs == [1, 2] && numbers.keys == [0] && !numbers.hasHeader)
  }
}

@Suite struct DoubtsOfStreams {
  private let choice = ColumnChoice(time: .init("t"), keys: ["u"])

  private func rules(_ change: (inout SampleRules) -> Void) -> SampleRules {
    var rules = SampleRules()
    change(&rules)
    return rules
  }

  @Test(arguments: [1, 2, 9]) func timesAreThoseOfTheStream(steps: Int) throws {
    let text = "t,u,a,b\n0,x,1,1\n100,y,2,2\n5,x,3,3\n100,y,9,9\n4,x,9,9\n109,y,4,4\n50,x,5,5\n"
    let reading = try Reading(
      text, choice: choice, steps: steps,
      rules: rules { ($0.gap, $0.asksAboutRepeats) = (10, true) }, marksGaps: true, keys: table())
    #expect(reading.rows == [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]] && reading.gaps == [4])
    #expect(
      reading.errors == [
        "line 5, column t: found '100', expected a time after 100 of the last sample",
        "line 6, column t: found '4', expected a time after 5 of the last sample",
        "line 8, column t: found '50', which is 45 s after 5 of the last sample, expected at most "
          + "10 s",
      ])
    #expect(reading.texts.map { $0.suffix(2) } == [",0", ",0", ",0", ",0", ",1"])
    #expect(reading.reader.memory.streams.times == [50, 109])
    #expect(reading.reader.memory.lastTime == nil)
  }

  @Test(arguments: [1, 2, 9]) func badValuesAreThoseOfTheStream(steps: Int) throws {
    let text = "u,a,b\nx,1,2\ny,3,4\nx,,5\nz,6,?\ny,x,\nz,7,8\nz,,\n"
    let reading = try Reading(
      text, choice: ColumnChoice(keys: ["u"]), steps: steps, rules: rules { $0.holds = true },
      keys: table())
    #expect(reading.rows == [[1, 2], [3, 4], [1, 5], [3, 4], [7, 8], [7, 8]])
    // A stream begins with a sample that is taken in.
    #expect(reading.streams == [0, 1, 0, 1, 2, 2] && reading.keys == ["x", "y", "z"])
    #expect(reading.errors.filter { $0.contains("no sample before it in its stream") }.count == 1)
    #expect(reading.reader.memory.held == 5)
  }

  /// At every line.
  @Test func aResumeDecidesInTheSameWay() throws {
    let lines = [
      "t,u,a,b", "0,x,1,1", "100,y,2,2", "5,x,,3", "100,y,9,9", "4,x,9,9", "109,y,?,?", "50,x,5,",
      "110,y,,6", "0,z,1,1", "0,z,9,9", "1,z,,",
    ]
    let all = rules { ($0.gap, $0.asksAboutRepeats, $0.holds) = (10, true, true) }
    let whole = try Reading(
      lines.joined(separator: "\n"), choice: choice, rules: all, keys: table())
    #expect(whole.rows.count == 8)
    for count in 1...lines.count {
      let first = try Reading(
        lines.prefix(count).map { $0 + "\n" }.joined(), choice: choice, rules: all, keys: table())
      var cursor = RunCursor(
        input: .init(offset: first.reader.offset, head: 0, tail: nil), line: first.reader.line,
        skipped: 0, isAfterOpenLine: false, firstLine: Array(lines[0].utf8), outputKind: .file,
        output: .init(offset: 0, head: 0, tail: nil), layout: "", history: History())
      cursor.memory = first.reader.memory
      let second = try Reading(
        lines.dropFirst(count).joined(separator: "\n"), choice: choice, rules: all,
        after: RunCursor(cursor.bytes), keys: first.reader.keys)
      #expect(first.rows + second.rows == whole.rows)
      #expect(first.streams + second.streams == whole.streams)
      #expect(first.errors + second.errors == whole.errors)
      #expect(second.reader.memory == whole.reader.memory)
    }
  }
}
