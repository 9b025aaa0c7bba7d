// SPDX-License-Identifier: MIT

import LeatSamples
import Testing

@Suite struct ColumnLayouts {
  private func refusal(_ choice: ColumnChoice, _ fields: [String], inputs: Int) -> String {
    do {
      _ = try ColumnLayout(choice, fields: fields, inputSize: inputs)
      return "none"
    } catch { return error.description }
  }

  @Test func allOthersAreInputs() throws {
    let layout = try ColumnLayout(
      ColumnChoice(time: .init("when"), carried: ["note"]), fields: ["a", "when", "b", "note"],
      inputSize: 2)
    #expect(layout.inputs == [0, 2] && layout.time == 1 && layout.carried == [3])
    #expect(layout.texts == [1, 3])
  }

  @Test func theObviousTime() throws {
    let named = try ColumnLayout(ColumnChoice(), fields: ["Timestamp", "value"], inputSize: 1)
    #expect(named.time == 0 && named.inputs == [1])
    // The number of inputs decides.
    let input = try ColumnLayout(ColumnChoice(), fields: ["time", "value"], inputSize: 2)
    #expect(input.time == nil && input.inputs == [0, 1])
    let bare = try ColumnLayout(ColumnChoice(), fields: ["2013-07-04 00:00", "69"], inputSize: 1)
    #expect(!bare.hasHeader && bare.time == 0 && bare.inputs == [1])
    let picked = try ColumnLayout(ColumnChoice(inputs: ["b"]), fields: ["ts", "b"], inputSize: 1)
    #expect(picked.time == 0)
  }

  @Test func namesAndNumbers() throws {
    let names = try ColumnLayout(
      ColumnChoice(inputs: ["b", "a"]), fields: ["a", "b"], inputSize: 2)
    #expect(names.hasHeader && names.inputs == [1, 0])
    let numbers = try ColumnLayout(
      ColumnChoice(inputs: ["3", "1"]), fields: ["1", "2", "3"], inputSize: 2)
    #expect(!numbers.hasHeader && numbers.inputs == [2, 0])
    let forced = try ColumnLayout(
      ColumnChoice(inputs: ["3", "1"], hasHeader: true), fields: ["1", "3"], inputSize: 2)
    #expect(forced.hasHeader && forced.inputs == [1, 0])
    let data = try ColumnLayout(ColumnChoice(hasHeader: false), fields: ["a"], inputSize: 1)
    #expect(!data.hasHeader)
    let mixed = try ColumnLayout(
      ColumnChoice(inputs: ["3", "a, b"]), fields: ["x", "a, b", "c"], inputSize: 2)
    #expect(mixed.hasHeader && mixed.inputs == [2, 1])
    #expect(mixed.header == "x, \"a, b\", c")
    // A missing value is no name.
    #expect(try !ColumnLayout(ColumnChoice(), fields: ["", "NaN"], inputSize: 2).hasHeader)
  }

  @Test func malformedValuesAreNoNames() throws {
    let values = [
      "?", "--", "1e999", "1_000", "1.000,5", "12:30", "2026-13-01", "N/A", "+inf", "-",
    ]
    for value in values {
      let layout = try ColumnLayout(ColumnChoice(), fields: ["a", value], inputSize: 2)
      #expect(!layout.hasHeader, "\(value)")
    }
    for name in ["#", "1st", "2m_temperature", "E1", "°C", "", "T (C)", "-x"] {
      let layout = try ColumnLayout(ColumnChoice(), fields: ["a", name], inputSize: 2)
      #expect(layout.hasHeader, "\(name)")
    }
  }

  @Test func messagesNameTheCallersOptions() {
    let labels = ColumnChoice.Labels(inputs: "-i", time: "-t", carried: "-c", header: "-h")
    #expect(
      refusal(ColumnChoice(carried: ["x"], labels: labels), ["1"], inputs: 1)
        == "-c: no column 'x'; without a header line they are numbered, 1 to 1; "
        + "if the first line is a header, say -h")
  }

  @Test func refusalsSayWhatThereIs() {
    #expect(
      refusal(ColumnChoice(inputs: ["c"]), ["a", "b"], inputs: 1)
        == "inputs: no column 'c'; there are a, b")
    #expect(
      refusal(ColumnChoice(time: .init("0")), ["1", "2"], inputs: 1)
        == "time: no column '0'; without a header line they are numbered, 1 to 2; "
        + "if the first line is a header, say so")
    #expect(
      refusal(ColumnChoice(time: .init("0"), hasHeader: false), ["1", "2"], inputs: 1)
        == "time: no column '0'; without a header line they are numbered, 1 to 2")
    #expect(
      refusal(ColumnChoice(inputs: ["a", "a"]), ["a", "b"], inputs: 2)
        == "inputs: names column 'a' twice")
    #expect(
      refusal(ColumnChoice(inputs: ["b", "a"]), ["a", "b", "a"], inputs: 2)
        == "inputs: the header names two columns 'a'; their numbers tell them apart")
    #expect(
      refusal(ColumnChoice(inputs: ["b"]), ["a", "b", "a"], inputs: 1) == "none")
    #expect(
      refusal(ColumnChoice(), ["a", "b", "c"], inputs: 1)
        == "found 3 columns for the model's inputs, a, b, c, expected 1; inputs picks them, "
        + "time and carried give columns another role")
  }

  @Test func timesInTwoColumns() throws {
    let pair = ColumnChoice.TimeName("Date,Time", names: ["Date", "Time"])
    let layout = try ColumnLayout(
      ColumnChoice(time: pair, carried: ["n"]), fields: ["Time", "a", "n", "Date"], inputSize: 1)
    #expect(layout.time == 3 && layout.timeOfDay == 0 && layout.inputs == [1])
    #expect(layout.texts == [3, 0, 2] && layout.times == [3, 0])
    let numbers = try ColumnLayout(
      ColumnChoice(time: .init("1,2", names: ["1", "2"])), fields: ["2024-01-31", "12:30", "5"],
      inputSize: 1)
    #expect(numbers.time == 0 && numbers.timeOfDay == 1 && !numbers.hasHeader)
    // A name with a comma comes first.
    let one = try ColumnLayout(
      ColumnChoice(time: .init("Date, GMT", names: ["Date", " GMT"])),
      fields: ["Date, GMT", "Date", "a"], inputSize: 2)
    #expect(one.time == 0 && one.timeOfDay == nil)
    #expect(
      refusal(
        ColumnChoice(time: .init("a,b,c", names: ["a", "b", "c"])), ["a", "b", "c"], inputs: 1)
        == "time: found 3 names, expected a column of times, or one of dates and one of times of day"
    )
    #expect(
      refusal(ColumnChoice(time: .init("a,a", names: ["a", "a"])), ["a", "b", "c"], inputs: 1)
        == "time: names column 'a' twice")
  }

  @Test func anIndexIsNoInput() throws {
    for names in [["", "a"], ["Unnamed: 0", "a"], ["", "Unnamed: 0", "Unnamed: 0.1", "a"]] {
      let layout = try ColumnLayout(ColumnChoice(), fields: names, inputSize: 1)
      #expect(layout.inputs == [names.count - 1], "\(names)")
      #expect(layout.index == Array(0..<names.count - 1), "\(names)")
    }
    let refusal = refusal(ColumnChoice(), ["", "Unnamed: 0", "a"], inputs: 2)
    #expect(refusal.hasPrefix("found 1 column for the model's inputs, a, expected 2"))
    #expect(
      refusal.hasSuffix("; columns 1 and 2 are taken for an index, which isn't counted"))
    // It is one only if the model has as many inputs without it.
    for names in [["", "a"], ["", "time", "a"]] {
      let layout = try ColumnLayout(ColumnChoice(), fields: names, inputSize: 2)
      #expect(layout.index.isEmpty == (names.count == 2) && layout.inputs.count == 2)
      #expect(layout.indexInputs == (names.count == 2 ? [0] : []))
    }
    let three = try ColumnLayout(ColumnChoice(), fields: ["", "time", "a", "b"], inputSize: 3)
    #expect(three.inputs == [1, 2, 3] && three.index == [0])
    // It has other uses, if the user says so.
    let time = try ColumnLayout(
      ColumnChoice(time: .init("1")), fields: ["", "a"], inputSize: 1)
    #expect(time.time == 0 && time.index.isEmpty)
    let input = try ColumnLayout(
      ColumnChoice(inputs: ["1", "a"]), fields: ["", "a"], inputSize: 2)
    #expect(input.inputs == [0, 1] && input.index.isEmpty)
    // Without a header a missing value is none.
    let values = try ColumnLayout(ColumnChoice(), fields: ["", "1"], inputSize: 2)
    #expect(values.inputs == [0, 1])
    let later = try ColumnLayout(ColumnChoice(), fields: ["a", ""], inputSize: 2)
    #expect(later.inputs == [0, 1])
  }

  @Test func theTimeOfInfluxDB() throws {
    let layout = try ColumnLayout(
      ColumnChoice(), fields: ["", "_time", "_value"], inputSize: 1)
    #expect(layout.time == 1 && layout.inputs == [2] && layout.index == [0])
  }

  @Test func theFormatOfTimesTellsTheObviousTime() throws {
    let fields = ["31/12/2024 10:00", "5"]
    let layout = try ColumnLayout(ColumnChoice(), fields: fields, inputSize: 1, times: .dmy)
    #expect(layout.time == 0 && !layout.hasHeader)
    #expect(refusal(ColumnChoice(), fields, inputs: 1).hasPrefix("found 2 columns"))
  }
}
