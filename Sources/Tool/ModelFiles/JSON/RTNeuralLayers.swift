// SPDX-License-Identifier: MIT

/// Reads the layers of a Keras model in RTNeural's JSON.
///
/// Keras' matrices have inputs as rows, PyTorch's have outputs as rows: so each is transposed. Of an
/// LSTM Keras' gates i, f, c, o are PyTorch's i, f, g, o; of a GRU Keras has z, r, h and PyTorch r,
/// z, n.
struct RTNeuralLayers {
  private(set) var network: Network
  /// The outputs of the last layer.
  private(set) var size: Int

  init(inputSize: Int, network: Network) { (self.network, size) = (network, inputSize) }

  /// A layer as it is in the file.
  private struct Source {
    let type, title: String
    let outputs: Int
    /// The axes of its output: two if it gives only the last step.
    let axes: Int
    let weights: [JSONValue]
    let activation: String
    let epsilon: JSONValue?

    init(_ layer: JSONValue, _ index: Int) throws {
      type = layer["type"]?.text ?? "none"
      title = "layer \(index) (\(type))"
      guard let shape = layer["shape"]?.array, let outputs = shape.last?.integer, outputs > 0,
        outputs < 1 << 20
      else {
        throw ModelFileError("\(title): shape is missing, or doesn't end in the number of outputs")
      }
      (self.outputs, axes) = (outputs, shape.count)
      weights = layer["weights"]?.array ?? []
      epsilon = layer["epsilon"]
      switch layer["activation"] {
      case nil, .null?: activation = ""
      case .text(let text)?: activation = text
      case let other?:
        throw ModelFileError("\(title): activation is \(other.title), expected a name")
      }
    }

    func refusal(_ reason: String) -> ModelFileError { ModelFileError("\(title): \(reason)") }

    func weight(_ index: Int, _ shape: [Int], _ name: String) throws -> [Float] {
      try weights[index].tensor(shape, "\(title): \(name)")
    }

    func expectWeights(_ counts: ClosedRange<Int>, _ names: String) throws {
      guard counts.contains(weights.count) else {
        throw refusal("found \(weights.count) arrays of weights, expected \(names)")
      }
    }
  }

  mutating func add(_ layer: JSONValue, at index: Int) throws {
    let source = try Source(layer, index)
    switch source.type {
    case "lstm": try addRecurrent(.lstm, source)
    case "gru": try addRecurrent(.gru, source)
    case "dense", "time-distributed-dense": try addDense(source)
    case "activation":
      try expectSameSize(source)
      try activate(source)
    case "prelu": try addPReLU(source)
    case "batchnorm": try addBatchNorm(source)
    default:
      throw source.refusal(
        "Leat runs lstm, gru, dense, time-distributed-dense, batchnorm, prelu and activation; "
          + "train the model with those")
    }
    size = source.outputs
  }

  private func expectSameSize(_ source: Source) throws {
    guard source.outputs == size else {
      throw source.refusal("found \(source.outputs) outputs, expected \(size), as many as inputs")
    }
  }

  private mutating func addRecurrent(_ kind: RecurrentLayer.Kind, _ source: Source) throws {
    // RTNeural doesn't read it: its layers always use tanh.
    guard ["", "tanh"].contains(source.activation) else {
      throw source.refusal("activation is \"\(source.activation)\", expected \"tanh\"")
    }
    try source.expectWeights(2...3, "kernel, recurrent kernel and bias")
    let (units, rows) = (source.outputs, kind.gates * source.outputs)
    /// The gates of each row, in PyTorch's order.
    func ordered(_ values: [Float]) -> [Float] {
      kind == .gru ? swappingGates(values, units) : values
    }
    let kernel = try source.weight(0, [size, rows], "kernel")
    let recurrent = try source.weight(1, [units, rows], "recurrent kernel")
    var layer = RecurrentLayer(
      recurrence: kind, source: source.title, inputSize: size, hiddenSize: units,
      inputWeights: ordered(kernel).transposed(rows: size, columns: rows),
      hiddenWeights: ordered(recurrent).transposed(rows: units, columns: rows))
    let zeros = [Float](repeating: 0, count: rows)
    if source.weights.count == 3 {
      if kind == .gru, source.weights[2].tensor()?.shape.count != 1 {
        let both = ordered(try source.weight(2, [2, rows], "bias"))
        layer.biases = (Array(both[..<rows]), Array(both[rows...]))
      } else {
        layer.biases = (ordered(try source.weight(2, [rows], "bias")), zeros)
        if kind == .gru {
          layer.variant.resetsAfter = false
          network.notes.append(
            "\(source.title): has one bias, so it is Keras' GRU with reset_after=False")
        }
      }
    }
    network.layers.append(.recurrent(layer))
    if source.axes == 2 {
      network.notes.append(
        "\(source.title): gives the last step; Leat gives one for every step")
    }
  }

  private mutating func addDense(_ source: Source) throws {
    try source.expectWeights(1...2, "kernel and bias")
    let kernel = try source.weight(0, [size, source.outputs], "kernel")
    var layer = LinearLayer(
      source: source.title, inputSize: size, outputSize: source.outputs,
      weights: kernel.transposed(rows: size, columns: source.outputs))
    if source.weights.count == 2 { layer.bias = try source.weight(1, [source.outputs], "bias") }
    network.layers.append(.linear(layer))
    try activate(source)
  }

  private mutating func activate(_ source: Source) throws {
    let activation: Activation
    switch source.activation {
    // Keras' identity.
    case "", "linear": return
    case "relu": activation = .relu
    case "sigmoid": activation = .sigmoid
    case "tanh": activation = .tanh
    case "softmax": activation = .softmax
    case "elu": activation = .elu()
    default:
      throw source.refusal(
        "activation is \"\(source.activation)\", expected relu, sigmoid, tanh, softmax or elu, as "
          + "in RTNeural")
    }
    network.layers.append(
      .activation(
        ActivationLayer(source: source.title, size: source.outputs, activation: activation)))
  }

  private mutating func addPReLU(_ source: Source) throws {
    try expectSameSize(source)
    try source.expectWeights(1...1, "one, alpha")
    let found = source.weights[0].tensor()
    // Keras has one for each step, unless they are shared: [1, outputs].
    guard let found, found.shape.dropLast().allSatisfy({ $0 == 1 }),
      [1, source.outputs].contains(found.values.count)
    else {
      throw source.refusal(
        "alpha is \(found.map { "of shape \($0.shape)" } ?? source.weights[0].title), expected "
          + "[1, \(source.outputs)]: one for each output, the same for all steps (in Keras: "
          + "shared_axes=[1])")
    }
    var slopes = found.values
    // The first layer of a file says how many inputs there are.
    if slopes.count == 1 && network.layers.isEmpty {
      slopes = [Float](repeating: slopes[0], count: size)
    }
    network.layers.append(.prelu(PReLULayer(source: source.title, weights: slopes)))
  }

  private mutating func addBatchNorm(_ source: Source) throws {
    try expectSameSize(source)
    guard [2, 4].contains(source.weights.count) else {
      throw source.refusal(
        "found \(source.weights.count) arrays of weights, expected gamma, beta, mean and variance, "
          + "or mean and variance")
    }
    guard case .number(let epsilon)? = source.epsilon, epsilon >= 0, Float(epsilon).isFinite else {
      throw source.refusal(
        "epsilon is \(source.epsilon?.title ?? "missing"), expected a number of at least 0")
    }
    let names = ["gamma", "beta", "mean", "variance"].suffix(source.weights.count)
    let arrays = try zip(source.weights.indices, names).map { index, name in
      try source.weight(index, [size], name)
    }
    network.layers.append(
      .batchNorm(
        BatchNormLayer(
          source: source.title, mean: arrays[arrays.count - 2], variance: arrays[arrays.count - 1],
          affine: arrays.count == 4 ? (arrays[0], arrays[1]) : nil, epsilon: Float(epsilon))))
  }
}

/// The first two gates of a GRU exchanged in each row of three gates.
private func swappingGates(_ values: [Float], _ units: Int) -> [Float] {
  var result: [Float] = []
  result.reserveCapacity(values.count)
  for row in stride(from: 0, to: values.count, by: 3 * units) {
    for gate in [1, 0, 2] {
      let start = row + gate * units
      result += values[start..<start + units]
    }
  }
  return result
}
