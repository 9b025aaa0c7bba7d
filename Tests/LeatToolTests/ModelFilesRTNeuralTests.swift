// SPDX-License-Identifier: MIT

import Testing

@testable import LeatModelFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

private func converted(
  _ layers: String..., inputs: Int = 1, besides: String = ""
) throws -> Conversion {
  let layers = layers.joined(separator: ", ")
  return try RTNeuralFile.convert(
    Data(#"{"in_shape": [null, null, \#(inputs)], "layers": [\#(layers)] \#(besides)}"#.utf8))
}

private func layer(_ type: String, _ outputs: Int, _ weights: String, _ more: String = "")
  -> String
{
  #"{"type": "\#(type)", "shape": [null, null, \#(outputs)], "weights": [\#(weights)]\#(more)}"#
}

private func dense(_ inputs: Int, _ outputs: Int, _ activation: String = "") -> String {
  let row = "[\((0..<outputs).map { "\($0 + 1)" }.joined(separator: ", "))]"
  let rows = Array(repeating: row, count: inputs).joined(separator: ", ")
  return layer("dense", outputs, "[\(rows)], \(row)", #", "activation": "\#(activation)""#)
}

/// An LSTM of one unit and this many inputs.
private func lstm(_ inputs: Int = 1) -> String {
  let rows = Array(repeating: "[1, 2, 3, 4]", count: inputs).joined(separator: ", ")
  return layer("lstm", 1, "[\(rows)], [[5, 6, 7, 8]], [9, 10, 11, 12]")
}

extension Conversion {
  fileprivate func values(_ name: String) throws -> [Float] {
    try #require(tensors.first { $0.name == name }, "no tensor \(name)").floats()
  }

  fileprivate var order: String? { metadata["leat.layers"] }
}

private func message(_ convert: () throws -> Conversion) -> String {
  do { return "converted: \(try convert().metadata)" } catch { return "\(error)" }
}

/// Keras has the gates z, r, h, two of each here, in columns; PyTorch r, z, n in rows.
@Test func gatesOfAGRUAreInPyTorchsOrder() throws {
  let result = try converted(
    layer(
      "gru", 2,
      "[[1, 2, 3, 4, 5, 6]], [[11, 12, 13, 14, 15, 16], [21, 22, 23, 24, 25, 26]], "
        + "[[31, 32, 33, 34, 35, 36], [41, 42, 43, 44, 45, 46]]"))
  #expect(result.order == "gru")
  #expect(result.metadata["leat.format"] == "2")
  #expect(result.metadata["leat.gru.reset_after"] == nil)
  #expect(try result.values("gru.weight_ih_l0") == [3, 4, 1, 2, 5, 6])
  #expect(
    try result.values("gru.weight_hh_l0") == [13, 23, 14, 24, 11, 21, 12, 22, 15, 25, 16, 26])
  #expect(try result.values("gru.bias_ih_l0") == [33, 34, 31, 32, 35, 36])
  #expect(try result.values("gru.bias_hh_l0") == [43, 44, 41, 42, 45, 46])
}

@Test func aGRUWithOneBiasResetsBefore() throws {
  let result = try converted(layer("gru", 1, "[[1, 2, 3]], [[4, 5, 6]], [7, 8, 9]"))
  #expect(result.metadata["leat.gru.reset_after"] == "False")
  #expect(try result.values("gru.bias_ih_l0") == [8, 7, 9])
  #expect(try result.values("gru.bias_hh_l0") == [0, 0, 0])
  let none = try converted(layer("gru", 1, "[[1, 2, 3]], [[4, 5, 6]]"))
  #expect(none.tensors.count == 2)
}

@Test func layersComeInAnyOrder() throws {
  let result = try converted(
    dense(1, 2, "tanh"), lstm(2), layer("activation", 1, "", #", "activation": "elu""#),
    dense(1, 3, "elu"))
  #expect(result.order == "linear1:tanh lstm:elu linear2:elu")
  #expect(try result.values("linear1.weight") == [1, 2])
}

@Test func elementLayersKeepTheirNumbers() throws {
  let result = try converted(
    dense(1, 2), layer("prelu", 2, "[[0.25, 0.5]]"),
    layer("batchnorm", 2, "[1, 2], [3, 4], [5, 6], [7, 8]", #", "epsilon": 0.01"#),
    layer("batchnorm", 2, "[1, 2], [3, 4]", #", "epsilon": 0.00001"#), lstm(2))
  #expect(result.order == "linear prelu=prelu batch_norm1 batch_norm2 lstm")
  #expect(try result.values("prelu.weight") == [0.25, 0.5])
  for (name, values) in [
    ("weight", [1, 2]), ("bias", [3, 4]), ("running_mean", [5, 6]), ("running_var", [7, 8]),
  ] as [(String, [Float])] { #expect(try result.values("batch_norm1.\(name)") == values) }
  #expect(try result.values("batch_norm2.running_mean") == [1, 2])
  #expect(try result.values("batch_norm2.running_var") == [3, 4])
  #expect(result.metadata["leat.batch_norm1.eps"] == "0.01")
  #expect(result.metadata["leat.batch_norm2.eps"] == nil)
}

/// AIDA-X multiplies the first input, adds it, and multiplies the sum.
@Test func gainsAndTheSkipAreLayers() throws {
  let skip = try converted(lstm(), dense(1, 1), besides: #", "in_skip": 1"#)
  #expect(skip.order == "lstm linear +input[0:1]")
  #expect(skip.metadata["leat.format"] == "2")
  let all = try converted(
    lstm(3), dense(1, 1), inputs: 3, besides: #", "in_skip": 1, "in_gain": 6, "out_gain": -20"#)
  #expect(all.order == "linear1 lstm linear2 +linear1[0:1] linear3")
  #expect(try all.values("linear1.weight") == [1.995_262_3, 0, 0, 0, 1, 0, 0, 0, 1])
  #expect(try all.values("linear3.weight") == [0.1])
  let out = try converted(lstm(), dense(1, 1), besides: #", "out_gain": 12.5"#)
  #expect(out.order == "lstm linear1 linear2")
  #expect(out.metadata["leat.format"] == nil)
  #expect(try out.values("linear2.weight") == [4.216_965])
  let silent = try converted(lstm(), dense(1, 1), besides: #", "out_gain": -90"#)
  #expect(try silent.values("linear2.weight") == [0])
}

@Test(arguments: [
  (layer("conv1d", 1, ""), "layer 0 (conv1d): Leat runs lstm, gru, dense"),
  (layer("gru", 1, "[[1, 2, 3, 4]], [[4, 5, 6]]"), "kernel is of shape [1, 4], expected [1, 3]"),
  (
    layer("gru", 1, "[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]"),
    "bias is of shape [1, 3], expected [2, 3]"
  ),
  (layer("prelu", 1, "[[1], [2]]"), "alpha is of shape [2, 1], expected [1, 1]: one for each"),
  (layer("prelu", 1, ""), "found 0 arrays of weights, expected one, alpha"),
  (layer("batchnorm", 1, "[1], [1], [1], [1]"), "epsilon is missing, expected a number"),
  (
    layer("batchnorm", 1, "[1], [1]", #", "epsilon": 1e300"#),
    "epsilon is 1e+300, expected a number"
  ),
  (layer("batchnorm", 1, "[1], [1], [1]"), "found 3 arrays of weights, expected gamma, beta"),
  (layer("batchnorm", 2, "[1, 1], [1, 1]"), "found 2 outputs, expected 1, as many as inputs"),
  (dense(1, 1, "selu"), #"activation is "selu", expected relu, sigmoid, tanh, softmax or elu"#),
]) func layersThatRTNeuralHasNotAreRefused(_ layer: String, _ words: String) {
  let found = message { try converted(layer) }
  #expect(found.contains(words))
}

@Test(arguments: [
  (#""in_skip": 2"#, "in_skip is 2, expected 0 or 1"),
  (#""in_gain": 201"#, "in_gain is 201, expected dB"),
  (#""out_gain": "loud""#, #"out_gain is "loud", expected dB, a number of -200 to 200"#),
  (#""output_gain": 1"#, "output_gain is 1, expected 0: no program is known"),
]) func surroundingsThatAreNotAIDAXAreRefused(_ member: String, _ words: String) {
  let found = message { try converted(lstm(), dense(1, 1), besides: ", " + member) }
  #expect(found.contains(words))
}

@Test func theSkipNeedsOneOutput() {
  let found = message { try converted(lstm(), dense(1, 2), besides: #", "in_skip": 1"#) }
  #expect(found == "in_skip: found 2 outputs, expected 1, as in AIDA-X")
}

/// A model's first layer says how many inputs there are.
@Test func oneSlopeOfRTNeuralIsForEachInput() throws {
  let result = try converted(layer("prelu", 3, "[[0.25]]"), lstm(3), inputs: 3)
  #expect(result.order == "prelu=prelu lstm")
  #expect(try result.values("prelu.weight") == [0.25, 0.25, 0.25])
  let later = try converted(lstm(), layer("prelu", 1, "[[0.25]]"))
  #expect(try later.values("prelu.weight") == [0.25])
}
