// SPDX-License-Identifier: MIT

// Foundation, to see that no name of ours is one of its.
import Foundation
import Leat
import Testing

@Suite struct StreamTests {
  @Test("a model tells its sizes and layers")
  func description() throws {
    let model = try model("projection-head")
    #expect(model.inputSize > 0 && model.outputSize > 0 && model.inputLimit > 1e30)
    #expect(model.fingerprint.description.count == 64)
    #expect(model.layers.first?.kind == .lstm && model.layers.first?.recurrentIndex == 0)
    #expect(model.layers.first?.projectionWeightType == .f32)
    #expect(model.layers.last?.kind == .linear && model.layers.last?.recurrentIndex == nil)
    #expect(model.layers.last?.outputSize == model.outputSize)
    #expect(model.normalizer.mean.count == model.inputSize)
  }

  @Test("a model that isn't there says so")
  func missing() throws {
    #expect(code { _ = try Model(path: "/nowhere/model.safetensors") } == .io)
    #expect(code { _ = try Model(path: "a\0b") } == .argument)
  }

  @Test("steps, a run and steps of spans give the same bits")
  func steps() throws {
    let model = try model("head")
    let samples = samples(20, model)
    var whole = try ModelStream(of: model)
    let expected = try outputs(&whole, samples)
    var stream = try ModelStream(of: model)
    var output = [Float](repeating: 0, count: model.outputSize)
    var found: [Float] = []
    for step in 0..<20 {
      let sample = Array(samples[step * model.inputSize..<(step + 1) * model.inputSize])
      if step.isMultiple(of: 2) {
        try stream.step(sample, into: &output)
      } else {
        var span = output.mutableSpan
        try stream.step(sample.span, into: &span)
      }
      found += output
    }
    #expect(found == expected)
    #expect(stream.position == 20 && whole.position == 20)
    #expect(stream.state() == whole.state())
    stream.reset()
    #expect(try outputs(&stream, samples) == expected)
  }

  @Test("arrays of other sizes and wild values are refused, and change nothing")
  func refused() throws {
    let model = try model("head")
    var stream = try ModelStream(of: model)
    let before = stream.state()
    let sample = samples(1, model)
    var output = [Float](repeating: 7, count: model.outputSize)
    var long = output + [7]
    #expect(throws: LeatError.self) { try stream.step(sample + [0], into: &output) }
    #expect(throws: LeatError.self) { try stream.step([], into: &output) }
    #expect(throws: LeatError.self) { try stream.step(sample, into: &long) }
    #expect(throws: LeatError.self) { try stream.run(sample + sample, into: &output) }
    var wild = sample
    wild[0] = .nan
    do {
      try stream.step(wild, into: &output)
      Issue.record("a NaN was taken in")
    } catch {
      #expect(error.code == .input && !error.message.isEmpty)
    }
    #expect(output.allSatisfy { $0 == 7 } && stream.state() == before)
  }

  @Test("a sample that was taken in before is skipped, and a gap is refused")
  func positions() throws {
    let model = try model("head")
    var stream = try ModelStream(of: model)
    let sample = samples(1, model)
    var output = [Float](repeating: 0, count: model.outputSize)
    #expect(try stream.step(sample, at: 0, into: &output))
    #expect(try !stream.step(sample, at: 0, into: &output))
    do {
      _ = try stream.step(sample, at: 2, into: &output)
      Issue.record("a gap was stepped over")
    } catch {
      #expect(error.code == .position)
    }
    try stream.setPosition(9)
    #expect(stream.position == 9)
  }

  @Test("a state goes on in another stream, and into no other model's")
  func states() throws {
    let model = try model("layers-3")
    let samples = samples(10, model)
    var first = try ModelStream(of: model)
    _ = try outputs(&first, samples)
    let state = try State(bytes: first.state().bytes)
    #expect(state == first.state())
    #expect(state.position == 10 && state.fingerprint == model.fingerprint)
    #expect(state.recurrentLayerCount == 3)
    var second = try ModelStream(of: model)
    try second.load(state)
    #expect(try outputs(&second, samples) == outputs(&first, samples))
    var other = try ModelStream(of: try StreamTests.other())
    do {
      try other.load(state)
      Issue.record("another model's state was loaded")
    } catch {
      #expect(error.code == .mismatch)
    }
    var bytes = state.bytes
    bytes[40] ^= 1
    #expect(code { _ = try State(bytes: bytes) } == .corrupt)
  }

  private static func other() throws -> Model { try model("head") }

  @Test("h and c of a layer are PyTorch's, and go from stream to stream")
  func hiddenStates() throws {
    let model = try model("layers-3")
    let samples = samples(10, model)
    var first = try ModelStream(of: model)
    _ = try outputs(&first, samples)
    var second = try ModelStream(of: model)
    for layer in 0..<3 {
      let (h, c) = try first.hiddenState(ofLayer: layer)
      #expect(
        h.count == model.layers[layer].outputSize && c.count == model.layers[layer].hiddenSize)
      try second.setHiddenState(ofLayer: layer, h: h, c: c)
    }
    try second.setPosition(10)
    #expect(first.state() == second.state())
    do {
      _ = try first.hiddenState(ofLayer: 3)
      Issue.record("there is no such layer")
    } catch {
      #expect(error.code == .argument)
    }
    do {
      try second.setHiddenState(ofLayer: 0, h: [0], c: [])
      Issue.record("h is too short")
    } catch {
      #expect(error.code == .size)
    }
  }

  @Test("layers of an nn.GRU have h and no c")
  func gru() throws {
    let model = try model("gru-5-33-2")
    #expect(model.layers.map(\.kind) == [.gru, .gru, .linear])
    #expect(model.layers.map(\.recurrentIndex) == [0, 1, nil])
    let samples = samples(10, model)
    var first = try ModelStream(of: model)
    _ = try outputs(&first, samples)
    var second = try ModelStream(of: model)
    for layer in 0..<2 {
      let (h, c) = try first.hiddenState(ofLayer: layer)
      #expect(h.count == 33 && c.isEmpty)
      try second.setHiddenState(ofLayer: layer, h: h, c: [])
    }
    #expect(try outputs(&second, samples) == outputs(&first, samples))
    let large = [Float](repeating: 0x1p25, count: 33)
    do {
      try second.setHiddenState(ofLayer: 1, h: large, c: [])
      Issue.record("an h above 2^24 was taken")
    } catch {
      #expect(error.code == .input)
    }
    do {
      try second.setHiddenState(ofLayer: 1, h: [Float](repeating: 0, count: 33), c: [0])
      Issue.record("it has no c")
    } catch {
      #expect(error.code == .size)
    }
  }

  @Test("every kernel gives the same bits")
  func kernels() throws {
    let model = try model("head")
    let samples = samples(10, model)
    let names = ModelStream.availableKernels
    #expect(!names.isEmpty)
    var first = try ModelStream(of: model)
    #expect(names.contains(first.kernel))
    let expected = try outputs(&first, samples)
    for name in names {
      var stream = try ModelStream(of: model)
      try stream.setKernel(name)
      #expect(stream.kernel == name)
      #expect(try outputs(&stream, samples) == expected)
    }
  }
}
