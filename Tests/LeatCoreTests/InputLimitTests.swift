// SPDX-License-Identifier: MIT

import CLeat
import Foundation
import Testing

/// Models at the edge of what can overflow: either refused, or finite whatever comes in.
@Suite struct InputLimitTests {
  private func model(
    hiddenWeight: Float = 0.5, mean: Float = 0, deviation: Float = 1
  ) -> ModelFile {
    var file = ModelFile()
    file.add("weight_ih_l0", [4, 1], [Float](repeating: 1, count: 4))
    file.add("weight_hh_l0", [4, 1], [Float](repeating: hiddenWeight, count: 4))
    file.add("input_mean", [1], [mean])
    file.add("input_std", [1], [deviation])
    return file
  }

  @Test("a normalizer whose difference could overflow is refused")
  func normalizer() throws {
    let largest = Float.greatestFiniteMagnitude
    for mean in [largest, -largest, largest / 2] {
      let error = #expect(throws: LoadedModel.Refused.self) {
        try LoadedModel(model(mean: mean, deviation: largest).data)
      }
      #expect(error?.message.contains("input_mean") == true)
    }
    let loaded = try LoadedModel(model(mean: largest / 32, deviation: largest).data)
    let limit = loaded.info.input_limit
    #expect(try loaded.run([limit, -limit, limit]).allSatisfy { $0.isFinite })
    #expect(loaded.state(of: 0).c.allSatisfy { $0.isFinite })
  }

  @Test("a model whose own h is beyond its limit is refused")
  func hidden() throws {
    let edge = Float.greatestFiniteMagnitude / 16
    for weight in [edge, edge * 2] {
      #expect(throws: LoadedModel.Refused.self) {
        try LoadedModel(model(hiddenWeight: weight).data)
      }
    }
    let loaded = try LoadedModel(model(hiddenWeight: edge.nextDown).data)
    _ = try loaded.run([loaded.info.input_limit, 0.5, -0.5])
    #expect(loaded.state(of: 0).h.allSatisfy { $0.magnitude <= 1 })
  }

  /// A layer's outputs are padded to a multiple of eight floats. With weights whose products all
  /// underflow to -0, the sign of what is in the padding could turn a sum into +0.
  @Test("what a step leaves in scratch memory doesn't change the next step")
  func scratch() throws {
    var file = ModelFile()
    file.metadata["leat.layers"] = "lstm a b c"
    file.addLSTM(input: 1, hidden: 1) { 0.5 }
    file.add("a.weight", [9, 1], [Float](repeating: 0, count: 9))
    file.add("a.bias", [9], [Float](repeating: 1e-30, count: 9))
    let b = (0..<16).flatMap { [Float](repeating: $0 < 8 ? 1 : -1e-30, count: 9) }
    file.add("b.weight", [16, 9], b)
    let first = (0..<16).map { Float($0 < 8 ? -1e-30 : 1) }
    file.add("c.weight", [16, 16], first + [Float](repeating: -1, count: 15 * 16))
    let running = try LoadedModel(file.data)
    for _ in 0..<3 {
      let fresh = try LoadedModel(file.data)
      var state = [UInt8](repeating: 0, count: Int(running.info.state_size))
      #expect(leat_stream_save(running.stream, &state, state.count, nil) == LEAT_OK)
      #expect(leat_stream_load(fresh.stream, state, state.count, nil) == LEAT_OK)
      let expected = try running.run([1]).map(\.bitPattern)
      #expect(try fresh.run([1]).map(\.bitPattern) == expected)
    }
  }
}
