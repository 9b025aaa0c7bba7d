// SPDX-License-Identifier: MIT

/// The operators LSTM, GRU and RNN.
extension GraphEvaluator {
  /// With the axes of layout 0, and G rows of weights for each unit: X [time, batch, inputs],
  /// W [1, G H, I], R [1, G H, H], B [1, 2 G H], P [1, 3 H], Y [time, 1, batch, H],
  /// Y_h and Y_c [1, batch, H].
  mutating func recurrent(
    _ node: Node, _ kind: RecurrentLayer.Kind, _ inputs: [GraphValue?]
  ) throws -> [GraphValue] {
    let (variant, isBatchFirst) = try RecurrentAttributes(node, kind).read()
    let names =
      ["X", "W", "R", "B", "sequence_lens", "initial_h"]
      + (kind == .lstm ? ["initial_c", "P"] : [])
    guard inputs.count <= names.count else {
      throw node.refusal("found \(inputs.count) inputs, expected at most \(names.count)")
    }
    func input(_ name: String) -> GraphValue? {
      names.firstIndex(of: name).flatMap { $0 < inputs.count ? inputs[$0] : nil }
    }
    guard case .signal(var signal)? = input("X"), signal.kind == .output else {
      throw node.refusal(
        "X is \(input("X")?.title ?? "missing"), expected all of the graph's input or the output "
          + "of another layer")
    }
    var layer = try weights(node, kind, input("W"), input("R"), input("B"))
    layer.variant = variant
    if let peepholes = input("P") { layer.peepholes = try self.peepholes(node, peepholes, layer) }
    noteClip(of: layer)
    try setMeaning(ofAxes: &signal, node, layer.inputSize, isBatchFirst)
    try checkLengths(input("sequence_lens"), signal, node)
    layer.initial = try initialState(
      node, input("initial_h"), input("initial_c"), of: layer, signal)

    signal = try appending(.layer(.recurrent(layer)), to: signal, node)
    signal.feature = newAxis(layer.hiddenSize, "\(layer.hiddenSize)")
    var state = signal
    signal.axes =
      isBatchFirst
      ? [signal.batch, signal.time, [], signal.feature]
      : [signal.time, [], signal.batch, signal.feature]
    state.axes =
      isBatchFirst ? [state.batch, [], state.feature] : [[], state.batch, state.feature]
    (state.kind, state.lastOf) = (.hidden, state.time)
    guard kind == .lstm else { return [.signal(signal), .signal(state)] }
    var cell = state
    cell.kind = .cell
    return [.signal(signal), .signal(state), .signal(cell)]
  }

  private func weights(
    _ node: Node, _ kind: RecurrentLayer.Kind, _ w: GraphValue?, _ r: GraphValue?,
    _ b: GraphValue?
  ) throws -> RecurrentLayer {
    guard case .floats(let w)? = w, case .floats(let r)? = r else {
      throw node.refusal(
        "W and R aren't constants; export the model for inference, with its weights")
    }
    guard w.shape.count == 3, r.shape.count == 3, w.shape[0] == 1, r.shape[0] == 1,
      r.shape[2] > 0, w.shape[2] > 0, r.shape[2] <= 1 << 24,
      r.shape[1] == kind.gates * r.shape[2], w.shape[1] == r.shape[1]
    else {
      let rows = kind == .rnn ? "H" : "\(kind.gates)H"
      throw node.refusal(
        "found W \(w.shape) and R \(r.shape), expected [1, \(rows), inputs] and [1, \(rows), H]")
    }
    let (inputs, hidden) = (w.shape[2], r.shape[2])
    if let size = try node.int("hidden_size"), size != hidden {
      throw node.refusal("hidden_size is \(size), expected \(hidden) for R \(r.shape)")
    }
    var layer = RecurrentLayer(
      recurrence: kind, source: node.title, inputSize: inputs, hiddenSize: hidden,
      inputWeights: inPyTorchsOrder(w.elements[...], kind),
      hiddenWeights: inPyTorchsOrder(r.elements[...], kind))
    if let b {
      let rows = layer.rows
      guard case .floats(let b) = b, b.shape == [1, 2 * rows] else {
        throw node.refusal("B is \(b.title), expected a constant of shape [1, \(2 * rows)]")
      }
      layer.biases = (
        inPyTorchsOrder(b.elements[..<rows], kind), inPyTorchsOrder(b.elements[rows...], kind)
      )
    }
    return layer
  }

  /// Rows of gates i, o, f, c of an LSTM as PyTorch's i, f, g, o; z, r, h of a GRU as r, z, n.
  private func inPyTorchsOrder(
    _ rows: ArraySlice<Float>, _ kind: RecurrentLayer.Kind
  ) -> [Float] {
    switch kind {
    case .lstm: reordered(rows, [0, 2, 3, 1])
    case .gru: reordered(rows, [1, 0, 2])
    case .rnn: Array(rows)
    }
  }

  private func reordered(_ rows: ArraySlice<Float>, _ gates: [Int]) -> [Float] {
    let size = rows.count / gates.count
    return gates.flatMap { gate in
      rows[rows.startIndex + gate * size..<rows.startIndex + (gate + 1) * size]
    }
  }

  /// Of the gates i, o, f, in the order i, f, o.
  private func peepholes(
    _ node: Node, _ value: GraphValue, _ layer: RecurrentLayer
  ) throws -> [Float]? {
    guard case .floats(let tensor) = value, tensor.shape == [1, 3 * layer.hiddenSize] else {
      throw node.refusal(
        "P is \(value.title), expected a constant of shape [1, \(3 * layer.hiddenSize)]")
    }
    // TensorFlow's exporters write zeros for a layer without them.
    guard tensor.elements.contains(where: { $0 != 0 }) else { return nil }
    return reordered(tensor.elements[...], [0, 2, 1])
  }

  /// ONNX says that the inputs of all activations are limited, and ONNX Runtime leaves out one.
  private mutating func noteClip(of layer: RecurrentLayer) {
    guard layer.recurrence == .lstm, let clip = layer.variant.clip else { return }
    note(
      "\(layer.source): clip \(clip) limits c before the last activation, too, as ONNX defines "
        + "it; ONNX Runtime doesn't limit that, so its outputs differ where c is beyond the clip")
  }

  /// Sets which of the signal's axes are time, batch and features. Refuses axes that have another
  /// meaning already.
  private func setMeaning(
    ofAxes signal: inout Signal, _ node: Node, _ inputs: Int, _ isBatchFirst: Bool
  ) throws {
    guard signal.axes.count == 3 else {
      throw node.refusal("X is \(signal.title), expected three axes: time, batch and inputs")
    }
    guard signal.lastOf == nil else {
      throw node.refusal("X is the last step of \(signal.title), expected every step")
    }
    let (time, batch) = (signal.axes[isBatchFirst ? 1 : 0], signal.axes[isBatchFirst ? 0 : 1])
    let feature = signal.axes[2]
    guard feature.size == nil || feature.size == inputs else {
      throw node.refusal("X is \(signal.title), expected \(inputs) inputs for W")
    }
    if signal.meaning == .all {
      guard time == signal.time, batch == signal.batch, feature == signal.feature else {
        throw node.refusal(
          "X is \(signal.title): its axes are not time, batch and features as in the layer before")
      }
      return
    }
    guard feature.count <= 1, time.count <= 1, batch.count <= 1 else {
      throw node.refusal("X is \(signal.title): each axis must be one of the input's")
    }
    if signal.meaning == .none {
      (signal.feature, signal.inputFeature, signal.inputSize) = (feature, feature, inputs)
    }
    guard feature == signal.feature else {
      throw node.refusal(
        "X is \(signal.title), expected the features of the layer before as its last axis")
    }
    (signal.time, signal.batch, signal.meaning) = (time, batch, .all)
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
}
