// SPDX-License-Identifier: MIT

import Testing

@testable import LeatModelFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A matrix of zeros in JSON.
private func zeros(_ rows: Int, _ columns: Int) -> String {
  let row = "[\(Array(repeating: "0", count: columns).joined(separator: ", "))]"
  return "[\(Array(repeating: row, count: rows).joined(separator: ", "))]"
}

/// The JSON of Automated-GuitarAmpModelling.
private func amplifier(
  _ data: String, gates: Int = 4, inputs: Int = 1, outputs: Int = 1, more: String = ""
) -> Data {
  Data(
    """
    {"model_data": {\(data)}, "state_dict": {
      "rec.weight_ih_l0": \(zeros(gates * 2, inputs)), "rec.weight_hh_l0": \(zeros(gates * 2, 2)),
      "lin.weight": \(zeros(outputs, 2))\(more)}}
    """.utf8)
}

private func convert(_ file: Data, layers: String? = nil) throws -> Conversion {
  try StateDictFile.convert(file, layers: layers)
}

private let lstm = #""model": "SimpleRNN", "unit_type": "LSTM""#

@Test func anAmplifiersSkipIsASum() throws {
  let result = try convert(amplifier(lstm + #", "skip": 1"#))
  #expect(result.metadata["leat.layers"] == "rec lin +input[0:1]")
  #expect(result.metadata["leat.format"] == "2")
  #expect(result.metadata["source.model_data.skip"] == "1")
  #expect(
    result.tensors.map(\.name) == ["lin.weight", "rec.weight_hh_l0", "rec.weight_ih_l0"])
  #expect(result.notes == ["skip is 1: as many inputs, from the first, are added to the output"])
  let knobs = try convert(amplifier(lstm + #", "skip": 1, "input_size": 3"#, inputs: 3))
  #expect(knobs.metadata["leat.layers"] == "rec lin +input[0:1]")
  #expect(knobs.notes.last?.contains("knobs") == true)
  let stereo = try convert(amplifier(lstm + #", "skip": 2"#, inputs: 3, outputs: 2))
  #expect(stereo.metadata["leat.layers"] == "rec lin +input[0:2]")
}

@Test func anAmplifierWithoutSkipIsOfFormat1() throws {
  let result = try convert(amplifier(lstm + #", "skip": 0"#))
  #expect(result.metadata["leat.layers"] == "rec lin")
  #expect(result.metadata["leat.format"] == nil)
  #expect(try convert(amplifier(lstm), layers: "rec  lin").metadata["leat.layers"] == "rec lin")
}

@Test func eachUnitTypeLoads() throws {
  for (unit, gates) in [("GRU", 3), ("RNN", 1)] {
    let result = try convert(amplifier(#""unit_type": "\#(unit)""#, gates: gates))
    #expect(result.metadata["leat.layers"] == "rec lin")
    #expect(result.metadata["leat.format"] == "2")
  }
}

@Test(arguments: [
  (#""model": "SimpleRNN", "unit_type": "GRU""#, "rec.weight_ih_l0 is of shape [8, 1], expected"),
  (#""unit_type": "Transformer""#, #"unit_type is "Transformer", expected "LSTM", "GRU" or "RNN""#),
  (lstm + #", "input_size": 2"#, "input_size is 2, expected 1, as in the state_dict"),
  (lstm + #", "hidden_size": 3"#, "hidden_size is 3, expected 2, as in the state_dict"),
  (lstm + #", "num_layers": 2"#, "num_layers is 2, expected 1, as in the state_dict"),
  (lstm + #", "output_size": 2"#, "output_size is 2, expected 1, as in the state_dict"),
  (lstm + #", "skip": 2"#, "skip is 2, expected 0, or 1 as there are 1 outputs and 1 inputs"),
  (lstm + #", "out_gain": 2"#, "out_gain is 2, expected 0: no program is known"),
  (#""model": "GatedConvNet""#, #"model is "GatedConvNet", expected "SimpleRNN""#),
]) func whatDoesNotFitAnAmplifierIsRefused(_ data: String, _ words: String) {
  var found = ""
  do { _ = try convert(amplifier(data)) } catch { found = "\(error)" }
  #expect(found.contains(words))
}

/// Of another model only the user can say what a skip adds.
@Test(arguments: [#""model": "Other", "skip": 1"#, #""skip": 1"#, #""skip": "yes""#])
func aSkipOfAnotherModelHasToBeSaid(_ data: String) throws {
  for layers in [nil, "rec lin"] {
    var found = ""
    do { _ = try convert(amplifier(data), layers: layers) } catch { found = "\(error)" }
    #expect(found.contains("expected 0, as model is"))
    #expect(found.contains("--layers \"rec lin +input"))
  }
  let result = try convert(amplifier(data), layers: "rec lin +input[0:1]")
  #expect(result.metadata["leat.layers"] == "rec lin +input[0:1]")
  #expect(try convert(amplifier(#""model": "Other", "skip": 0"#), layers: "rec lin").notes.isEmpty)
}

/// PyTorch would repeat one input for all outputs; a sum of Leat has as many of both.
@Test(arguments: [(1, 2, 2), (2, 2, 1), (2, 1, 2)])
func aSkipOfAnotherSizeThanTheOutputsIsRefused(_ skip: Int, _ outputs: Int, _ inputs: Int) {
  #expect(throws: ModelFileError.self) {
    try convert(amplifier(lstm + #", "skip": \#(skip)"#, inputs: inputs, outputs: outputs))
  }
}

@Test func otherTensorsOrLayersThanAnAmplifiersAreRefused() {
  #expect(throws: ModelFileError.self) {
    try convert(amplifier(lstm, more: #", "conv.weight": [[1]]"#))
  }
  #expect(throws: ModelFileError.self) {
    try convert(amplifier(lstm + #", "skip": 1"#), layers: "rec lin")
  }
}

@Test func otherStateDictsKeepTheirNames() throws {
  func file(_ members: String) -> Data { Data("{\(members)}".utf8) }
  let cell = try convert(
    file(
      """
      "weight_ih": \(zeros(4, 1)), "weight_hh": \(zeros(4, 1)), "bias_ih": [0, 0, 0, 0],
      "bias_hh": [0, 0, 0, 0]
      """))
  #expect(cell.metadata["leat.format"] == "2")
  #expect(cell.metadata["leat.layers"] == nil)
  let gru = file(#""weight_ih_l0": \#(zeros(3, 1)), "weight_hh_l0": \#(zeros(3, 1))"#)
  #expect(try convert(gru).metadata["leat.format"] == "2")
  let lstm = file(#""weight_ih_l0": \#(zeros(4, 1)), "weight_hh_l0": \#(zeros(4, 1))"#)
  #expect(try convert(lstm).metadata["leat.format"] == nil)
  let projection = file(
    #"""
    "weight_ih_l0": \#(zeros(8, 1)), "weight_hh_l0": \#(zeros(8, 1)), "weight_hr_l0": \#(zeros(1, 2))
    """#)
  #expect(try convert(projection).metadata["leat.format"] == nil)
}

@Test func layersOfFormat2AreSaid() throws {
  let plain = amplifier(#""about": "nothing""#)
  let prelu = amplifier(#""about": "nothing""#, more: #", "act.weight": [0.5]"#)
  for (file, layers) in [
    (prelu, "rec lin act=prelu"), (plain, "rec lin:leaky_relu(0.2)"), (plain, "rec lin +rec"),
  ] {
    let result = try convert(file, layers: layers)
    #expect(result.metadata["leat.layers"] == layers)
    #expect(result.metadata["leat.format"] == "2")
  }
  #expect(throws: ModelFileError.self) { try convert(prelu) }
}

private func nam(_ config: String, weights: Int) throws -> Conversion {
  let numbers = (0..<weights).map { "\($0)" }.joined(separator: ", ")
  return try NAMFile.convert(
    Data(#"{"architecture": "LSTM", "config": {\#(config)}, "weights": [\#(numbers)]}"#.utf8))
}

/// One layer of one unit: 4 rows of inputs and h, 4 biases, h0 and c0, then the head.
@Test func aNAMModelMayHaveSeveralChannels() throws {
  let config = #""num_layers": 1, "hidden_size": 1, "input_size": 2, "#
  let result = try nam(config + #""in_channels": 2, "out_channels": 3"#, weights: 24)
  let head = try #require(result.tensors.first { $0.name == "linear.weight" })
  #expect(head.shape == [3, 1])
  #expect(try head.floats() == [18, 19, 20])
  #expect(try result.tensors.last?.floats() == [21, 22, 23])
  #expect(throws: ModelFileError.self) { try nam(config + #""in_channels": 3"#, weights: 20) }
  #expect(throws: ModelFileError.self) { try nam(config + #""out_channels": 0"#, weights: 18) }
  #expect(throws: ModelFileError.self) { try nam(config + #""out_channels": 2"#, weights: 20) }
}
