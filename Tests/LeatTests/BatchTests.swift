// SPDX-License-Identifier: MIT

import Leat
import Testing

@Suite struct BatchTests {
  @Test("a batch gives the bits of its streams one by one")
  func sameBits() throws {
    let model = try model("head")
    var batch = Batch()
    for _ in 0..<7 { batch.append(try ModelStream(of: model)) }
    var found = [Float](repeating: 0, count: 7 * model.outputSize)
    for step in 0..<5 { try batch.step(samples(7, model, seed: step), into: &found) }
    var expected: [Float] = []
    for index in 0..<7 {
      var stream = try ModelStream(of: model)
      var output: [Float] = []
      for step in 0..<5 {
        let inputs = samples(7, model, seed: step)
        output = try outputs(
          &stream, Array(inputs[index * model.inputSize..<(index + 1) * model.inputSize]))
      }
      expected += output
      #expect(batch.withStream(at: index) { $0.state() } == stream.state())
    }
    #expect(found == expected)
  }

  @Test("some of the streams are stepped, in any order")
  func chosen() throws {
    let model = try model("head")
    var batch = try Batch(of: model, count: 6)
    var expected = try Batch(of: model, count: 3)
    var found = [Float](repeating: 0, count: 3 * model.outputSize)
    var outputs = found
    for step in 0..<4 {
      try batch.step([4, 0, 5], samples(3, model, seed: step), into: &found)
      try expected.step(samples(3, model, seed: step), into: &outputs)
      #expect(found == outputs)
    }
    let positions = (0..<6).map { index in batch.withStream(at: index) { $0.position } }
    #expect(positions == [4, 0, 0, 0, 4, 4])
    #expect(
      batch.withStream(at: 5) { $0.state() } == expected.withStream(at: 2) { $0.state() })
    #expect(throws: LeatError.self) {
      try batch.step([1, 2, 1], samples(3, model), into: &found)
    }
    #expect(throws: LeatError.self) { try batch.step([1, 2], samples(3, model), into: &found) }
    #expect(found == outputs && batch.withStream(at: 1) { $0.position } == 0)
    var none: [Float] = []
    try batch.step([], [], into: &none)
  }

  @Test("streams go in, are exchanged and come out")
  func streams() throws {
    let model = try model("head")
    var batch = try Batch(of: model, count: 3)
    let positioned = { (position: UInt64) throws(LeatError) -> ModelStream in
      var stream = try ModelStream(of: model)
      try stream.setPosition(position)
      return stream
    }
    batch.append(try positioned(30))
    try batch.withStream(at: 1) { stream in stream = try positioned(10) }
    #expect(batch.count == 4)
    let taken = batch.remove(at: 0)
    #expect(taken.position == 0 && batch.count == 3)
    #expect(batch.withStream(at: 0) { $0.position } == 10)
    #expect(batch.withStream(at: 2) { $0.position } == 30)
    var output = [Float](repeating: 0, count: 3 * model.outputSize)
    try batch.step(samples(3, model), into: &output)
    #expect(batch.withStream(at: 2) { $0.position } == 31)
  }

  @Test("each stream takes its own next sample in")
  func positions() throws {
    let model = try model("head")
    var batch = try Batch(of: model, count: 4)
    try batch.withStream(at: 1) { stream throws(LeatError) in try stream.setPosition(5) }
    var inputs = samples(4, model)
    inputs[3 * model.inputSize] = .nan
    var found = [Float](repeating: 7, count: 4 * model.outputSize)
    let results = try batch.step(inputs, at: [0, 4, 2, 0], into: &found)
    #expect(results == [.taken, .skipped, .refused(.position), .refused(.input)])
    var stream = try ModelStream(of: model)
    let expected = try outputs(&stream, Array(inputs[..<model.inputSize]))
    #expect(found == expected + [Float](repeating: 7, count: 3 * model.outputSize))
    #expect((0..<4).map { index in batch.withStream(at: index) { $0.position } } == [1, 5, 0, 0])
    #expect(throws: LeatError.self) { try batch.step(inputs, at: [0], into: &found) }
  }

  @Test("wrong sizes and streams of two models are refused")
  func refused() throws {
    let model = try model("head")
    var batch = try Batch(of: model, count: 2)
    var output = [Float](repeating: 0, count: 2 * model.outputSize)
    #expect(throws: LeatError.self) { try batch.step(samples(1, model), into: &output) }
    var short = [Float](repeating: 0, count: 1)
    #expect(throws: LeatError.self) { try batch.step(samples(2, model), into: &short) }
    var empty = Batch()
    var none: [Float] = []
    try empty.step([], into: &none)
    #expect(throws: LeatError.self) { try empty.step([1], into: &none) }
    batch.append(try ModelStream(of: try BatchTests.other()))
    output = [Float](repeating: 0, count: 3 * model.outputSize)
    do {
      try batch.step(samples(3, model), into: &output)
      Issue.record("two models were stepped")
    } catch {
      #expect(error.code == .mismatch)
    }
  }

  private static func other() throws -> Model { try model("layers-3") }
}
