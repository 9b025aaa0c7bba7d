// SPDX-License-Identifier: MIT

import Leat

/// Finds likely causes of errors that are larger than allowed: for each known cause it computes what
/// the outputs would be, and compares them with the recorded ones. The list is of mistakes that are
/// made again and again when a model is moved from one framework to another.
struct Diagnosis {
  let model: Model
  let recording: Recording
  let computed: [Float]
  /// The allowed error of each output.
  let allowed: [Double]
  let command: ConvertCommand?

  var width: Int { model.outputSize }

  var hasNormalizer: Bool {
    let normalizer = model.normalizer
    return normalizer.mean.contains { $0 != 0 } || normalizer.standardDeviation.contains { $0 != 1 }
  }

  /// Ends at the first cause that explains all errors.
  func hints() throws -> [String] {
    if model.layers.contains(where: { $0.weightType == .i8 || $0.projectionWeightType == .i8 }) {
      return [
        "the model's weights are integers of 8 bits, which are less exact: leat quantize --input "
          + "says how much on your data, and --tolerance allows it"
      ]
    }
    if explains({ Double(computed[$0]) }, times: 100) {
      return [
        "all errors are within a hundred times the tolerance, as from rounding: of recorded values to "
          + "few digits, or of weights to 16 bits"
      ]
    }
    if let hint = missingActivation() ?? missingSum() ?? shift() { return [hint] }
    if let hint = try stateless() { return [hint] }
    if let hint = scale() { return [hint] }
    return [try course()]
  }

  /// Whether values differ from the recorded outputs by at most `times` the allowed error.
  func explains(
    _ values: (Int) -> Double, from first: Int = 0, to end: Int? = nil, times: Double = 10
  ) -> Bool {
    let end = end ?? recording.steps
    guard end - first >= 1 else { return false }
    return (first * width..<end * width).allSatisfy { index in
      (values(index) - recording.outputs[index]).magnitude <= times * allowed[index % width]
    }
  }

  // MARK: A missing or superfluous activation

  static let activations: [(name: String, apply: @Sendable ([Double]) -> [Double])] = [
    ("sigmoid", { $0.map { 1 / (1 + MathFunctions.exp(-$0)) } }),
    ("tanh", { $0.map(MathFunctions.tanh) }),
    ("relu", { $0.map { max(0, $0) } }),
    (
      "softmax",
      { row in
        let powers = row.map { MathFunctions.exp($0 - row.max()!) }
        return powers.map { $0 / powers.reduce(0, +) }
      }
    ),
  ]

  private func missingActivation() -> String? {
    let own = computed.map(Double.init)
    for (name, apply) in Diagnosis.activations {
      let activated = rows(of: own).flatMap(apply)
      if explains({ activated[$0] }) {
        return """
          the recorded outputs are the \(name) of the model's: an activation isn't in a state_dict; \
          \(remedy(":\(name)"))
          """
      }
      let recorded = rows(of: recording.outputs).flatMap(apply)
      if zip(own, recorded).enumerated().allSatisfy({
        ($1.0 - $1.1).magnitude <= 10 * allowed[$0 % width]
      }) {
        return """
          the model's outputs are the \(name) of those recorded: leat.layers names an activation, and \
          they were recorded without it
          """
      }
    }
    return nil
  }

  /// What to do about layers that are missing at the end of the list.
  func remedy(_ layers: String) -> String {
    command.map { "say it: \($0.adding(layers))" }
      ?? "say it at the end of the file's metadata leat.layers: \"\(layers)\""
  }

  func rows(of values: [Double]) -> [[Double]] {
    stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }

  // MARK: Other steps, other states

  private func shift() -> String? {
    guard recording.steps > 4 else { return nil }
    if explains({ Double(computed[$0 - width]) }, from: 1) {
      return
        "the recorded outputs are a step late: the output of step n is in the row of step n + 1"
    }
    if explains({ Double(computed[$0 + width]) }, to: recording.steps - 1) {
      return
        "the recorded outputs are a step early: the output of step n is in the row of step n - 1"
    }
    return nil
  }

  private func stateless() throws -> String? {
    let steps = min(recording.steps, 1000)
    guard steps > 1 else { return nil }
    let size = model.inputSize
    let outputs = try (0..<steps).flatMap { step in
      try model.outputs(of: recording.inputs[step * size..<(step + 1) * size], from: "step \(step)")
    }
    guard explains({ Double(outputs[$0]) }, to: steps) else { return nil }
    return """
      each recorded output is that of a new stream: h and c weren't carried from step to step; give \
      nn.LSTM the whole sequence
      """
  }

  // MARK: Scaled outputs

  private func scale() -> String? {
    guard recording.steps >= 8 else { return nil }
    var lines: [(factor: Double, offset: Double)] = []
    for output in 0..<width {
      let x = (0..<recording.steps).map { Double(computed[$0 * width + output]) }
      let y = (0..<recording.steps).map { recording.outputs[$0 * width + output] }
      let count = Double(recording.steps)
      let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
      let spread = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
      let common = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
      let factor = spread > 0 ? common / spread : 0
      guard factor != 0 else { return nil }
      lines.append((factor, meanY - factor * meanX))
    }
    guard
      explains({ lines[$0 % width].factor * Double(computed[$0]) + lines[$0 % width].offset })
    else { return nil }
    let (factor, offset) = lines[0]
    if lines.allSatisfy({ ($0.factor - 1).magnitude < 1e-4 }) {
      return """
        each recorded output is a constant away from the model's, output 0 by \
        \(Figures.scientific(offset)): a bias that isn't in the file, or a mean that was added
        """
    }
    return """
      each recorded output is a multiple of the model's plus a constant, output 0 \
      \(Figures.scientific(factor)) times plus \(Figures.scientific(offset)): they were scaled back \
      after the model
      """
  }

  // MARK: The course of the errors

  private func course() throws -> String {
    let first =
      (0..<recording.steps).first { step in
        !explains({ Double(computed[$0]) }, from: step, to: step + 1)
      } ?? 0
    if first > 0 {
      let size = model.inputSize
      let end = min(first + 8, recording.steps)
      let anew = try model.outputs(
        of: recording.inputs[first * size..<end * size], from: "step \(first)")
      if explains({ Double(anew[$0 - first * width]) }, from: first, to: end) {
        return """
          all is well up to step \(first), where the recorded run starts over: it was cut into windows; \
          call leat_stream_reset there, or record without windows
          """
      }
      if let hint = try chaos(from: first) { return hint }
      return """
        all is well up to step \(first), and not from there on: if errors grow slowly, recurrent \
        weights differ; if they are sudden, look at the recording there
        """
    }
    let part = max(1, recording.steps / 4)
    let (early, late) = (rms(0..<part), rms(recording.steps - part..<recording.steps))
    if recording.steps >= 8 && late < 0.2 * early {
      return """
        the first step is wrong, and errors become small: another initial state; h0 and c0 weren't \
        those of the file, or the recording begins in the middle of a sequence
        """
    }
    return """
      the first step is wrong already: other weights, gates in another order than PyTorch's i, f, g, \
      o, columns in another order, or inputs that were normalised \
      \(hasNormalizer ? "(the model has a normalizer)" : "before (the model has no normalizer)")
      """
  }

  /// Over the outputs, each relative to its allowed error.
  private func rms(_ steps: Range<Int>) -> Double {
    let squares = (steps.lowerBound * width..<steps.upperBound * width).map { index in
      let error = (Double(computed[index]) - recording.outputs[index]) / allowed[index % width]
      return error * error
    }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }
}
