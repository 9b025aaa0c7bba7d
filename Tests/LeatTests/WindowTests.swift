// SPDX-License-Identifier: MIT

import Leat
import Testing

@Suite struct WindowTests {
  private static let windows = Windows(length: 5, hop: 2)

  @Test("a windowed stream gives the outputs of fresh streams over its windows")
  func outputs() throws {
    let model = try model("head")
    let (size, samples) = (model.inputSize, samples(20, model))
    var stream = try ModelStream(of: model, windows: Self.windows)
    #expect(stream.windows == Self.windows)
    #expect(stream.outputCount(in: 0..<20) == 8)
    var output = [Float](repeating: 7, count: model.outputSize)
    for step in 0..<20 {
      let untouched = output
      #expect(stream.hasOutput(at: UInt64(step)) == (step >= 4 && step.isMultiple(of: 2)))
      let hasOutput = try stream.step(
        Array(samples[step * size..<(step + 1) * size]), into: &output)
      #expect(hasOutput == (step >= 4 && step.isMultiple(of: 2)))
      guard hasOutput else {
        #expect(output == untouched)
        continue
      }
      var fresh = try ModelStream(of: model)
      var expected = [Float](repeating: 0, count: 5 * model.outputSize)
      try fresh.run(Array(samples[(step - 4) * size..<(step + 1) * size]), into: &expected)
      #expect(output == Array(expected.suffix(model.outputSize)))
    }
    #expect(try ModelStream(of: model).windows == nil)
    #expect(try ModelStream(of: model).outputCount(in: 3..<10) == 7)
  }

  @Test("a state goes on, and isn't that of other windows")
  func states() throws {
    let model = try model("head")
    let samples = samples(9, model)
    var stream = try ModelStream(of: model, windows: Self.windows)
    var outputs = [Float](repeating: 0, count: 9 * model.outputSize)
    try stream.run(samples, into: &outputs)
    let state = stream.state()
    #expect(state.windows == Self.windows && state.version == 2 && state.position == 9)
    #expect(try State(bytes: state.bytes).windows == Self.windows)
    var loaded = try ModelStream(of: model, windows: Self.windows)
    try loaded.load(state)
    #expect(loaded.state() == state)
    for windows in [Windows(length: 5), Windows(length: 6, hop: 2)] {
      var other = try ModelStream(of: model, windows: windows)
      #expect(code { try other.load(state) } == .mismatch)
    }
    var plain = try ModelStream(of: model)
    #expect(plain.state().version == 1 && plain.state().windows == nil)
    #expect(code { try plain.load(state) } == .mismatch)
    let before = plain.state()
    #expect(code { try loaded.load(before) } == .mismatch)
    #expect(code { _ = try loaded.hiddenState(ofLayer: 0) } == .unsupported)
  }

  @Test("windows that can't be are refused")
  func refused() throws {
    let model = try model("head")
    for (length, hop) in [(0, 1), (5, 0), (5, 6), (-1, -1), (1 << 40, 1)] {
      #expect(
        code { _ = try ModelStream(of: model, windows: Windows(length: length, hop: hop)) }
          == .argument)
    }
  }

  @Test("a batch says which samples have an output")
  func batch() throws {
    let model = try model("head")
    var batch = Batch()
    for _ in 0..<2 { batch.append(try ModelStream(of: model, windows: Windows(length: 2))) }
    let samples = samples(2, model)
    var outputs = [Float](repeating: 7, count: 2 * model.outputSize)
    let untouched = outputs
    #expect(
      try batch.step(samples, at: [0, 1], into: &outputs)
        == [.takenWithoutOutput, .refused(.position)])
    #expect(outputs == untouched)
    #expect(
      try batch.step(samples, at: [1, 0], into: &outputs) == [.taken, .takenWithoutOutput])
  }
}
