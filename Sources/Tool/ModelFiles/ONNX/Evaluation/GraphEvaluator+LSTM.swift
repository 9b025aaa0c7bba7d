// SPDX-License-Identifier: MIT

/// The operator LSTM, and the initial states that it takes.
extension GraphEvaluator {
  /// With the axes of layout 0: X [time, batch, inputs], W [1, 4H, I], R [1, 4H, H],
  /// B [1, 8H], Y [time, 1, batch, H], Y_h and Y_c [1, batch, H]; gates in the order i, o, f, c.
  mutating func lstm(_ node: Node, _ inputs: [GraphValue?]) throws -> [GraphValue] {
    let isBatchFirst = try checkAttributes(node)
    let names = ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"]
    guard inputs.count <= names.count else {
      throw node.refusal("found \(inputs.count) inputs, expected at most \(names.count)")
    }
    func input(_ name: String) -> GraphValue? {
      let index = names.firstIndex(of: name)!
      return index < inputs.count ? inputs[index] : nil
    }
    guard input("P") == nil else {
      throw node.refusal("has peepholes (input P), expected none; train it without them")
    }
    guard case .signal(var signal)? = input("X"), signal.kind != .cell else {
      throw node.refusal(
        "X is \(input("X")?.title ?? "missing"), expected all of the graph's input or the output "
          + "of another LSTM")
    }
    var layer = try weights(node, input("W"), input("R"), input("B"))
    try setMeaning(ofAxes: &signal, node, layer.inputSize, isBatchFirst)
    try checkLengths(input("sequence_lens"), signal, node)
    layer.initial = try initialState(
      node, input("initial_h"), input("initial_c"), size: layer.hiddenSize, signal)

    signal.feature = newAxis(layer.hiddenSize, "\(layer.hiddenSize)")
    signal.layers.append(.recurrent(layer))
    var state = signal
    signal.kind = .everyStep
    signal.axes =
      isBatchFirst
      ? [signal.batch, signal.time, [], signal.feature]
      : [signal.time, [], signal.batch, signal.feature]
    state.axes =
      isBatchFirst ? [state.batch, [], state.feature] : [[], state.batch, state.feature]
    state.kind = .hidden
    var cell = state
    cell.kind = .cell
    return [.signal(signal), .signal(state), .signal(cell)]
  }

  /// Refuses attributes with which the LSTM isn't Leat's.
  ///
  /// - Returns: whether `layout` is 1
  private func checkAttributes(_ node: Node) throws -> Bool {
    try node.expect(
      attributes: "activation_alpha", "activation_beta", "activations", "clip", "direction",
      "hidden_size", "input_forget", "layout", "output_sequence")
    let direction = try node.string("direction") ?? "forward"
    guard direction == "forward" else {
      throw node.refusal(
        "direction is '\(direction)', expected 'forward': the others need the end of the sequence "
          + "first, which a stream never has; train a forward LSTM")
    }
    if let clip = try node.float("clip") {
      throw node.refusal("clip is \(clip), expected none; export the model without it")
    }
    if let forget = try node.int("input_forget"), forget != 0 {
      throw node.refusal(
        "input_forget is \(forget), expected 0: Leat's gates are not coupled; train it without")
    }
    let activations = try node.strings("activations") ?? []
    guard
      activations.isEmpty || activations.map({ $0.lowercased() }) == ["sigmoid", "tanh", "tanh"]
    else {
      throw node.refusal(
        "activations are \(activations.joined(separator: ", ")), expected Sigmoid, Tanh, Tanh; "
          + "train it with those (in Keras: recurrent_activation=\"sigmoid\")")
    }
    for name in ["activation_alpha", "activation_beta"] {
      let values = try node.floats(name) ?? []
      guard values.isEmpty else {
        throw node.refusal("\(name) is \(values), expected none, as Sigmoid and Tanh have none")
      }
    }
    let layout = try node.int("layout") ?? 0
    guard layout == 0 || layout == 1 else {
      throw node.refusal("layout is \(layout), expected 0 or 1")
    }
    return layout == 1
  }

  private func weights(_ node: Node, _ w: GraphValue?, _ r: GraphValue?, _ b: GraphValue?) throws
    -> RecurrentLayer
  {
    guard case .floats(let w)? = w, case .floats(let r)? = r else {
      throw node.refusal(
        "W and R aren't constants; export the model for inference, with its weights")
    }
    guard w.shape.count == 3, r.shape.count == 3, w.shape[0] == 1, r.shape[0] == 1,
      r.shape[2] > 0, w.shape[2] > 0, r.shape[2] <= 1 << 24, r.shape[1] == 4 * r.shape[2],
      w.shape[1] == r.shape[1]
    else {
      throw node.refusal(
        "found W \(w.shape) and R \(r.shape), expected [1, 4H, inputs] and [1, 4H, H]")
    }
    let (inputs, hidden) = (w.shape[2], r.shape[2])
    if let size = try node.int("hidden_size"), size != hidden {
      throw node.refusal("hidden_size is \(size), expected \(hidden) for R \(r.shape)")
    }
    var layer = RecurrentLayer(
      recurrence: .lstm, source: node.title, inputSize: inputs, hiddenSize: hidden,
      inputWeights: reordered(w.elements[...], hidden),
      hiddenWeights: reordered(r.elements[...], hidden))
    if let b {
      guard case .floats(let b) = b, b.shape == [1, 8 * hidden] else {
        throw node.refusal("B is \(b.title), expected a constant of shape [1, \(8 * hidden)]")
      }
      layer.biases = (
        reordered(b.elements[..<(4 * hidden)], hidden),
        reordered(b.elements[(4 * hidden)...], hidden)
      )
    }
    return layer
  }

  /// Rows of gates i, o, f, c in PyTorch's order i, f, g, o.
  private func reordered(_ rows: ArraySlice<Float>, _ hidden: Int) -> [Float] {
    let size = rows.count / 4
    return [0, 2, 3, 1].flatMap { gate in
      rows[rows.startIndex + gate * size..<rows.startIndex + (gate + 1) * size]
    }
  }

  /// Sets which of the signal's axes are time, batch and features. After another LSTM, refuses axes
  /// with another meaning.
  private func setMeaning(
    ofAxes signal: inout Signal, _ node: Node, _ inputs: Int, _ isBatchFirst: Bool
  ) throws {
    guard signal.axes.count == 3 else {
      throw node.refusal("X is \(signal.title), expected three axes: time, batch and inputs")
    }
    let (time, batch) = (signal.axes[isBatchFirst ? 1 : 0], signal.axes[isBatchFirst ? 0 : 1])
    let feature = signal.axes[2]
    guard feature.size == nil || feature.size == inputs else {
      throw node.refusal("X is \(signal.title), expected \(inputs) inputs for W")
    }
    guard signal.layers.isEmpty else {
      guard signal.kind == .everyStep else {
        throw node.refusal("X is the last step of an LSTM, expected every step")
      }
      guard time == signal.time, batch == signal.batch, feature == signal.feature else {
        throw node.refusal(
          "X is \(signal.title): its axes are not time, batch and features as in the LSTM before")
      }
      if signal.layers.contains(where: { if case .recurrent = $0 { false } else { true } }) {
        throw node.refusal("comes after a linear layer, expected LSTM layers, then linear layers")
      }
      return
    }
    guard feature.count <= 1, time.count <= 1, batch.count <= 1 else {
      throw node.refusal("X is \(signal.title): each axis must be one of the input's")
    }
    (signal.time, signal.batch, signal.feature) = (time, batch, feature)
    signal.inputFeature = feature
  }

  /// Accepts only lengths of the whole sequence.
  private func checkLengths(_ lengths: GraphValue?, _ signal: Signal, _ node: Node) throws {
    guard let lengths else { return }
    let all = Length(signal.time)
    guard case .integers(let tensor) = lengths, tensor.elements.allSatisfy({ $0 == all }) else {
      throw node.refusal(
        "sequence_lens is \(lengths.title), expected none: a stream has no padding; export "
          + "the model without packed or padded sequences")
    }
  }

  // MARK: - The initial state

  private enum Initial {
    case constant([Float])
    case outside(String)
  }

  private mutating func initialState(
    _ node: Node, _ h: GraphValue?, _ c: GraphValue?, size: Int, _ signal: Signal
  ) throws -> (h: [Float], c: [Float])? {
    let zeros = [Float](repeating: 0, count: size)
    let h = try initial(node, h, "initial_h", size, signal) ?? .constant(zeros)
    let c = try initial(node, c, "initial_c", size, signal) ?? .constant(zeros)
    switch (h, c) {
    case (.constant(let h), .constant(let c)):
      return h.allSatisfy { $0 == 0 } && c.allSatisfy { $0 == 0 } ? nil : (h, c)
    case (.outside(let name), .constant(let values)), (.constant(let values), .outside(let name)):
      guard values.allSatisfy({ $0 == 0 }) else {
        throw node.refusal(
          "one of initial_h and initial_c is input '\(name)', the other a constant")
      }
      fallthrough
    case (.outside, .outside):
      for case .outside(let name) in [h, c] {
        note("input '\(name)' is a state: Leat's stream holds it, and begins with zeros")
      }
      return nil
    }
  }

  private func initial(
    _ node: Node, _ value: GraphValue?, _ what: String, _ size: Int, _ signal: Signal
  ) throws -> Initial? {
    switch value {
    case nil: return nil
    case .inputPart(let name)? where name != signal.input: return .outside(name)
    case .signal(let state)?
    where state.layers.isEmpty && state.normalizer.isEmpty && state.input != signal.input:
      return .outside(state.input)
    case .floats(let tensor)? where tensor.shape.count == 3 && tensor.shape[2] == size && size > 0:
      let rows = stride(from: 0, to: tensor.elements.count, by: size).map {
        Array(tensor.elements[$0..<$0 + size])
      }
      guard let first = rows.first, rows.allSatisfy({ $0 == first }) else {
        throw node.refusal(
          "\(what) of shape \(tensor.shape) isn't the same for all of the batch, expected one "
            + "initial state for all streams")
      }
      return .constant(first)
    // Repeated along axes of unknown length, one of which is H.
    case .floats(let tensor)? where tensor.hasUnknownLengths && tensor.elements.count == 1:
      return .constant([Float](repeating: tensor.elements[0], count: size))
    case let other?:
      throw node.refusal(
        "\(what) is \(other.title), expected a constant of shape [1, batch, \(size)] or an input")
    }
  }
}
