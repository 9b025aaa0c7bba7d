// SPDX-License-Identifier: MIT

import Testing

@testable import LeatModelFiles

/// A layer whose numbers differ from each other.
private func recurrent(
  _ kind: RecurrentLayer.Kind, _ inputs: Int, _ hidden: Int,
  _ change: (inout RecurrentLayer) -> Void = { _ in }
) -> Layer {
  let rows = kind.gates * hidden
  func numbers(_ count: Int) -> [Float] { (0..<count).map { Float($0) / 64 } }
  var layer = RecurrentLayer(
    recurrence: kind, source: "a \(kind)", inputSize: inputs, hiddenSize: hidden,
    inputWeights: numbers(rows * inputs), hiddenWeights: numbers(rows * hidden))
  change(&layer)
  return .recurrent(layer)
}

private func linear(_ inputs: Int, _ outputs: Int) -> Layer {
  .linear(
    LinearLayer(
      source: "a linear layer", inputSize: inputs, outputSize: outputs,
      weights: [Float](repeating: 0.5, count: inputs * outputs)))
}

private func activation(_ activation: Activation, _ size: Int = 2) -> Layer {
  .activation(ActivationLayer(source: "an activation", size: size, activation: activation))
}

private func sum(_ addend: SumLayer.Addend, _ size: Int = 2, first: Int? = nil) -> Layer {
  .sum(SumLayer(source: "a sum", size: size, addend: addend, first: first))
}

private func converted(_ layers: Layer...) throws -> Conversion {
  try Network(layers: layers).conversion()
}

extension Conversion {
  fileprivate var order: String? { metadata["leat.layers"] }
  fileprivate var isFormat2: Bool { metadata["leat.format"] == "2" }
  fileprivate var shapes: [String: [Int]] {
    Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.shape) })
  }
  fileprivate func values(_ name: String) throws -> [Float] {
    try #require(tensors.first { $0.name == name }).floats()
  }
}

@Test func whatFormat1AllowsHasNoFormat() throws {
  let one = try converted(recurrent(.lstm, 1, 2), linear(2, 2), activation(.relu))
  #expect(one.metadata == ["leat.layers": "lstm linear:relu"])
  #expect(one.parts.map(\.source) == ["a lstm", "a linear layer, an activation"])
  let two = try converted(
    recurrent(.lstm, 1, 2), recurrent(.lstm, 2, 2), linear(2, 2), linear(2, 2))
  #expect(two.metadata == ["leat.layers": "lstm1 lstm2 linear1 linear2"])
}

@Test func anActivationAloneIsALinearLayerInFormat1() throws {
  let result = try converted(
    recurrent(.lstm, 1, 2), activation(.tanh), activation(.softmax), linear(2, 1))
  #expect(result.metadata == ["leat.layers": "lstm linear1:tanh linear2:softmax linear3"])
  #expect(try result.values("linear1.weight") == [1, 0, 0, 1])
  #expect(result.parts[1].source == "an activation")
}

@Test func anActivationAloneIsALayerInFormat2() throws {
  let result = try converted(
    linear(1, 2), activation(.relu), activation(.tanh), recurrent(.lstm, 2, 2),
    activation(.leakyReLU(slope: 0.25)), linear(2, 1))
  #expect(result.isFormat2)
  #expect(result.order == "linear1:relu :tanh lstm:leaky_relu(0.25) linear2")
  let first = try converted(activation(.tanh), recurrent(.gru, 2, 2))
  #expect(first.order == "linear:tanh gru")
}

@Test func tooLargeForAMatrixIsALayerInFormat2() throws {
  let size = ModuleList.largestIdentity + 1
  let result = try Network(layers: [
    .recurrent(
      RecurrentLayer(
        recurrence: .lstm, source: "", inputSize: 1, hiddenSize: size, inputWeights: [],
        hiddenWeights: [])), activation(.tanh, size),
  ]).conversion()
  #expect(result.order == "lstm:tanh" && result.isFormat2)
}

/// The matrices that format 1 needs for these activations have 2^24 weights each.
@Test func tooManyMatricesAreLayersInFormat2() throws {
  let size = ModuleList.largestIdentity
  let network = Network(layers: [
    .recurrent(
      RecurrentLayer(
        recurrence: .lstm, source: "", inputSize: 1, hiddenSize: size, inputWeights: [],
        hiddenWeights: [])), activation(.tanh, size), activation(.relu, size),
  ])
  // Without a result, which a failure would print: it is large.
  #expect(throws: ModelFileError.self) { _ = try ModuleList(network, isFormat1: true) }
  #expect(try network.conversion().order == "lstm:tanh :relu")
}

@Test func scalesOfManyValuesAreRefused() {
  let axis = [Factor(identity: 1, size: 1 << 23, name: "n")]
  let scale = ElementwiseScale(of: axis).with(
    .multiply, ElementwiseScale.Constants(values: [3], axis: nil), source: "a scale")
  var signal = Signal(input: "x", axes: [axis])
  signal.links = (0..<3).compactMap { identity in
    scale.map { Link(identity: identity, stage: .scale($0)) }
  }
  #expect {
    try signal.network()
  } throws: {
    "\($0)".hasPrefix("a scale: is for 8388608 values, expected at most 16777216 for all")
  }
}

@Test func eachKindHasPyTorchsNames() throws {
  let result = try converted(
    recurrent(.lstm, 1, 2) {
      $0.peepholes = [1, 2, 3, 4, 5, 6]
      $0.initial = ([1, 2], [3, 4])
    },
    recurrent(.gru, 2, 2) {
      $0.biases = ([1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 0])
      $0.initial = ([1, 2], nil)
    },
    recurrent(.rnn, 2, 2), .prelu(PReLULayer(source: "", weights: [0.5])),
    .batchNorm(
      BatchNormLayer(source: "", mean: [1, 2], variance: [3, 4], affine: ([5, 6], [7, 8]))),
    .batchNorm(BatchNormLayer(source: "", mean: [1, 2], variance: [3, 4])))
  #expect(result.order == "lstm gru rnn prelu=prelu batch_norm1 batch_norm2")
  #expect(result.isFormat2)
  #expect(
    result.shapes == [
      "lstm.weight_ih_l0": [8, 1], "lstm.weight_hh_l0": [8, 2], "lstm.peephole_l0": [6],
      "lstm.h0": [1, 2], "lstm.c0": [1, 2], "gru.weight_ih_l0": [6, 2],
      "gru.weight_hh_l0": [6, 2], "gru.bias_ih_l0": [6], "gru.bias_hh_l0": [6], "gru.h0": [1, 2],
      "rnn.weight_ih_l0": [2, 2], "rnn.weight_hh_l0": [2, 2], "prelu.weight": [1],
      "batch_norm1.weight": [2], "batch_norm1.bias": [2], "batch_norm1.running_mean": [2],
      "batch_norm1.running_var": [2], "batch_norm2.running_mean": [2],
      "batch_norm2.running_var": [2],
    ])
  #expect(try result.values("batch_norm1.running_var") == [3, 4])
}

@Test func argumentsAreWrittenIfTheyAreNotTheDefault() throws {
  let result = try converted(
    recurrent(.lstm, 1, 2) {
      $0.variant = .init(
        recurrentActivation: .hardSigmoid(alpha: 0.2), activation: .softsign,
        outputActivation: .tanh, clip: 3, couplesInputAndForget: true)
    },
    recurrent(.lstm, 2, 2),
    recurrent(.gru, 2, 2) { $0.variant = .init(resetsAfter: false) },
    recurrent(.rnn, 2, 2) { $0.variant = .init(activation: .relu, clip: 0.5) },
    .batchNorm(BatchNormLayer(source: "", mean: [1, 2], variance: [3, 4], epsilon: 0.001)))
  #expect(
    result.metadata == [
      "leat.layers": "lstm1 lstm2 gru rnn batch_norm", "leat.format": "2",
      "leat.lstm1.recurrent_activation": "hard_sigmoid(0.2,0.5)",
      "leat.lstm1.activation": "softsign", "leat.lstm1.output_activation": "tanh",
      "leat.lstm1.clip": "3.0", "leat.lstm1.input_forget": "True",
      "leat.gru.reset_after": "False", "leat.rnn.nonlinearity": "relu", "leat.rnn.clip": "0.5",
      "leat.batch_norm.eps": "0.001",
    ])
}

/// Each alone makes a file that an older Leat must not read.
@Test func whateverIsNewIsFormat2() throws {
  let changes: [(inout RecurrentLayer) -> Void] = [
    { $0.peepholes = [1, 2, 3, 4, 5, 6] }, { $0.variant.clip = 1 },
    { $0.variant.recurrentActivation = .hardSigmoid() }, { $0.variant.activation = .softsign },
    { $0.variant.outputActivation = .softsign }, { $0.variant.couplesInputAndForget = true },
  ]
  for change in changes { #expect(try converted(recurrent(.lstm, 1, 2, change)).isFormat2) }
  for layer in [
    recurrent(.gru, 2, 2), recurrent(.rnn, 2, 2), sum(.input), sum(.layer(0)),
    activation(.elu()), .prelu(PReLULayer(source: "", weights: [1, 2])),
    .batchNorm(BatchNormLayer(source: "", mean: [1, 2], variance: [3, 4])),
  ] { #expect(try converted(recurrent(.lstm, 2, 2), layer).isFormat2) }
  let scale = Normalization(source: "scale", mean: [1, 2], deviation: [3, 4])
  var network = Network(normalizer: scale, layers: [recurrent(.lstm, 2, 2)])
  #expect(try !network.conversion().isFormat2)
  network.denormalizer = scale
  let result = try network.conversion()
  #expect(result.isFormat2)
  #expect(
    result.tensors.map(\.name) == [
      "input_mean", "input_std", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "output_mean",
      "output_std",
    ])
  #expect(try result.values("output_std") == [3, 4])
}

@Test func sumsNameWhatTheyAdd() throws {
  let result = try converted(
    linear(3, 2), recurrent(.lstm, 2, 2), sum(.layer(0)), activation(.tanh), linear(2, 2),
    activation(.relu), sum(.input, first: 2), sum(.layer(3), first: 1))
  #expect(
    result.order == "linear1 lstm +linear1 :tanh linear2:relu +input[0:2] +lstm[0:1]")
  #expect(result.parts.map(\.source)[1] == "a lstm, a sum, an activation")
}

/// A module's value is what the next module reads, so what a sum reads ends its module.
@Test func aSumReadsTheValueInTheMiddleOfAModule() throws {
  let result = try converted(
    recurrent(.lstm, 1, 2), activation(.tanh), sum(.layer(0)), activation(.relu),
    sum(.layer(2)))
  #expect(result.order == "lstm linear1:tanh +lstm linear2:relu +linear1")
}

@Test func aSumOfALaterLayerIsRefused() {
  #expect(throws: ModelFileError.self) { try converted(recurrent(.lstm, 1, 2), sum(.layer(1))) }
}

@Test func aNetworkWithoutRecurrentLayerIsRefused() {
  #expect(throws: ModelFileError.self) { try converted(linear(1, 1)) }
}

@Test(arguments: [
  (Activation.relu, "relu"), (.leakyReLU(), "leaky_relu"), (.elu(alpha: 0.5), "elu(0.5)"),
  (.geluTanh, "gelu_tanh"), (.softplus(beta: 1, threshold: 30), "softplus(1.0,30.0)"),
  (.hardSigmoid(alpha: 0.16666667), "hard_sigmoid"), (.hardtanh(), "hardtanh"),
  (.hardSigmoid(alpha: 0.2, beta: 0.5), "hard_sigmoid(0.2,0.5)"),
  (.hardtanh(least: -1e-10, largest: 16_777_216), "hardtanh(-1e-10,16777216.0)"),
  (.relu6, "relu6"), (.logSoftmax, "log_softmax"),
]) func activationsAreWords(_ activation: Activation, _ text: String) {
  #expect(activation.text == text)
}
