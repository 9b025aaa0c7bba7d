// SPDX-License-Identifier: MIT

import Testing

@testable import LeatModelFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

private func tensor(_ name: String, _ shape: Int..., value: Float = 0.5) -> Tensor {
  Tensor(
    name: name, shape: shape, floats: [Float](repeating: value, count: shape.reduce(1, *)))
}

private func rnn(_ name: String, inputs: Int = 3) -> [Tensor] {
  [tensor("\(name).weight_ih_l0", 2, inputs), tensor("\(name).weight_hh_l0", 2, 2)]
}

private func lstm(_ name: String, inputs: Int = 3) -> [Tensor] {
  [tensor("\(name).weight_ih_l0", 8, inputs), tensor("\(name).weight_hh_l0", 8, 2)]
}

private func batchNorm(_ name: String) -> [Tensor] {
  [tensor("\(name).running_mean", 2), tensor("\(name).running_var", 2)]
}

private func assumptions(
  _ tensors: [Tensor], layers: String? = nil, _ metadata: [String: String] = [:]
) throws -> [String] {
  try StateDict(tensors, order: .recurrentFirst).conversion(layers: layers, metadata: metadata)
    .notes.filter { $0.hasPrefix("assumes") }
}

@Test func whatPyTorchsModulesHaveAsDefaultIsSaid() throws {
  let alone = try assumptions(rnn("a"))
  #expect(alone.count == 1)
  #expect(alone.first?.hasPrefix("assumes that forward() computes a, and nothing else") == true)
  #expect(alone.first?.contains("; and nonlinearity tanh of 'a': a state_dict doesn't") == true)
  let listed = try assumptions(rnn("a") + batchNorm("b"), layers: "a b")
  #expect(listed.count == 1)
  #expect(
    listed.first?.hasPrefix("assumes nonlinearity tanh of 'a' and eps 1e-5 of 'b': ") == true)
  #expect(listed.first?.hasSuffix("the metadata: leat.a.nonlinearity, leat.b.eps") == true)
}

@Test func whatTheMetadataSaysIsNotAssumed() throws {
  let tensors = rnn("a") + batchNorm("b")
  let arguments = ["leat.a.nonlinearity": "relu", "leat.b.eps": "0.001"]
  #expect(try assumptions(tensors, layers: "a b", arguments).isEmpty)
  #expect(
    try assumptions(tensors, arguments.merging(["leat.layers": "a b"]) { $1 }).isEmpty)
  #expect(try assumptions(lstm("a"), layers: "a").isEmpty)
}

@Test func aListIsNamedByItsPlace() {
  let dictionary = StateDict(lstm("a"), order: .recurrentFirst)
  for (layers, metadata, title) in [
    ("b", [:], "--layers"), (nil, ["leat.layers": "b"], "leat.layers"),
  ] {
    #expect {
      try dictionary.conversion(layers: layers, metadata: metadata)
    } throws: {
      "\($0)" == "\(title): no tensor belongs to 'b'; the modules of the file are 'a'"
    }
  }
}

@Test func oneSlopeBeforeTheOthersIsForEachInput() throws {
  let result = try StateDict([tensor("act.weight", 1)] + lstm("a"), order: .recurrentFirst)
    .conversion(layers: "act=prelu a")
  let slopes = try #require(result.tensors.first)
  #expect(slopes.shape == [3])
  #expect(try slopes.floats() == [0.5, 0.5, 0.5])
  #expect(result.notes == ["'act.weight': the one slope is repeated for each of 3 inputs"])
  let after = try StateDict([tensor("act.weight", 1)] + lstm("a"), order: .recurrentFirst)
    .conversion(layers: "a act=prelu")
  #expect(after.tensors.first?.shape == [1])
}

/// No rows, and so many columns that four times as many aren't a number.
@Test func lengthsOfTensorsWithoutElementsMayBeAnything() throws {
  let empty = Tensor(
    name: "weight_hh_l0", type: "F32", shape: [0, 1 << 62], data: Data())
  let result = try StateDict([empty], order: .recurrentFirst).conversion(layers: nil)
  #expect(result.metadata["leat.format"] == "2")
}

@Test func aNameIsAModuleAndTheRest() {
  for (text, module, leaf) in [
    ("weight", ".", "weight"), ("a.b.weight", "a.b", "weight"), (".weight", "", "weight"),
    // One character in Swift is a dot and an accent.
    ("a.\u{301}", "a", "\u{301}"),
  ] {
    let name = TensorName(text)
    #expect(name.module == module && name.leaf == leaf && name.text == text)
  }
}
