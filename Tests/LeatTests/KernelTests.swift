// SPDX-License-Identifier: MIT

import CLeat
import Testing

@testable import Leat
@testable import LeatKernel

@Suite struct KernelTests {
  /// Every kernel that this machine can run; `measured` says which the library would choose.
  private static func run(
    _ file: ModelFile, _ kernel: KernelChoice, _ inputs: [Float]
  ) throws -> ([Float], [Float]) {
    let loaded = try LoadedModel(file.data)
    let header = UnsafeMutableRawPointer(loaded.model).assumingMemoryBound(to: ModelHeader.self)
    try #require(header.pointee.magic == ModelImage.magic)
    header.pointee.kernel = kernel
    let outputs = try loaded.run(inputs)
    let state = (0..<Int(loaded.info.lstm_layers)).flatMap { layer in
      let (h, c) = loaded.state(of: layer)
      return h + c
    }
    return (outputs, state)
  }

  @Test(
    "the kernel in software gives the same bits as the one with the processor's instruction",
    arguments: [1, 2, 7, 8, 9, 16, 17, 24, 33, 64], [1, 3, 8, 13])
  func sameBits(_ hidden: Int, _ input: Int) throws {
    var generator = SplitMix(seed: UInt64(hidden * 100 + input))
    var file = ModelFile()
    file.metadata["leat.layers"] = "lstm a:relu b:sigmoid c:softmax d:tanh"
    let weight = { generator.float(in: -2..<2) }
    let projection = hidden > 4 ? hidden / 2 : 0
    let output = projection > 0 ? projection : hidden
    file.addLSTM(input: input, hidden: hidden, projection: projection, weight)
    file.addLSTM(layer: 1, input: output, hidden: hidden, projection: projection, weight)
    for (name, inputs, outputs) in [("a", output, 11), ("b", 11, 5), ("c", 5, 9), ("d", 9, 3)] {
      file.add("\(name).weight", [outputs, inputs], (0..<outputs * inputs).map { _ in weight() })
      file.add("\(name).bias", [outputs], (0..<outputs).map { _ in weight() })
    }
    var samples = SplitMix(seed: 7)
    let inputs = (0..<50 * input).map { index in
      // Among ordinary samples some that saturate every gate and some close to nothing.
      samples.float(in: -3..<3) * (index % 17 == 0 ? 1e4 : index % 13 == 0 ? 1e-30 : 1)
    }
    let exact = try KernelTests.run(file, .exact, inputs)
    let fused = try KernelTests.run(file, .fused, inputs)
    #expect(exact.0.map(\.bitPattern) == fused.0.map(\.bitPattern))
    #expect(exact.1.map(\.bitPattern) == fused.1.map(\.bitPattern))
  }

  @Test("inputs at the limit, with weights at theirs, leave everything finite")
  func extremes() throws {
    for scale in [Float(1), 1e10, 1e30, 1e36] {
      for sign in [Float(1), -1] {
        var generator = SplitMix(seed: 3)
        var file = ModelFile()
        file.addLSTM(input: 3, hidden: 9, projection: 4) {
          generator.next() % 2 == 0 ? scale : -scale
        }
        // A model whose own h could overflow it is refused; that is a right answer as well.
        guard let loaded = try? LoadedModel(file.data) else {
          #expect(scale >= 1e10)
          continue
        }
        let limit = loaded.info.input_limit
        let samples = [limit, -limit, limit * sign].map { $0 }
        for _ in 0..<4 {
          let outputs = try loaded.run(samples)
          #expect(outputs.allSatisfy { $0.isFinite })
          #expect(loaded.state(of: 0).c.allSatisfy { $0.isFinite })
        }
        #expect(throws: LoadedModel.Refused.self) {
          try loaded.run([limit.nextUp, 0, 0])
        }
      }
    }
  }
}
