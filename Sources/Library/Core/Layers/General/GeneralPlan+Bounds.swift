// SPDX-License-Identifier: MIT
//
// The bounds of h and c of a general cell: see `InputLimit`. Most activations are bounded by 1. Then
// the h of an LSTM and an RNN is at most 1, that of a GRU stays below 2^24 as with PyTorch's cell,
// and c grows by at most 1 in a step, until 1 is too little to change it. relu and none have no
// bound of their own. With them
//
//     g and n are bounded by their sums, if h is bounded without them
//     h of an RNN, and of a GRU, has a bound if a row of weight_hh has a sum of magnitudes below 1
//     (below 1/2 for a GRU): then a larger h makes a step smaller
//     a clip bounds both
//
// Otherwise the layer is refused.

import CLeat
import LeatSupport
import LeatKernel

/// The bounds of one layer for given inputs.
private struct GeneralBounds {
  /// Of the h that a step makes.
  var output = 1.0
  /// Of h and c from outside, too.
  var hidden = 0x1p24
  var cell = 0.0
}

extension GeneralPlan {
  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double
  ) throws(Failure) -> Double {
    let bounds = try bounds(file, input)
    for row in 0..<recurrent.rows {
      let (start, hidden) = try sum(file, row, input)
      let peephole = peepholeMagnitude(file, row) * bounds.cell
      guard start + hidden * bounds.hidden + peephole <= SumBound.ceiling else {
        throw file.weightsTooLarge(recurrent.hiddenWeight.index)
      }
    }
    let largest = cell.clip > 0 ? Double(cell.clip) : SumBound.ceiling
    guard cell.recurrentActivation.isSafe(for: largest), cell.activation.isSafe(for: largest),
      cell.outputActivation.isSafe(for: max(largest, bounds.cell))
    else { throw unbounded(file, "hard_sigmoid of numbers so large") }
    guard bounds.hidden <= SumBound.ceiling, bounds.cell <= SumBound.ceiling else {
      throw file.weightsTooLarge(recurrent.inputWeight.index)
    }
    // A step may make an h of exactly the bound, so that the limit must not be below it.
    let limit = Float(bounds.hidden)
    recurrent.hiddenLimit = Double(limit) > bounds.hidden ? limit.nextDown : limit
    recurrent.isNeverNegative = countsPositive
    if recurrent.hasCell { recurrent.cellLimit = Float(bounds.cell) }
    try recurrent.checkInitialState(file)
    try checkInitialCell(file)
    return bounds.output
  }

  private func checkInitialCell(_ file: borrowing Safetensors) throws(Failure) {
    guard recurrent.hasInitialState, recurrent.hasCell else { return }
    let size = recurrent.hiddenSize
    let cells = WeightReader(file, recurrent.initialCell)
    for element in Int(recurrent.row) * size..<(Int(recurrent.row) + 1) * size {
      guard cells[element].magnitude <= recurrent.cellLimit else {
        throw file.failure(
          recurrent.initialCell.index,
          "element \(element) is \(cells[element]), expected a magnitude of at most \(recurrent.cellLimit)"
        )
      }
    }
  }

  private func bounds(
    _ file: borrowing Safetensors, _ input: Double
  ) throws(Failure) -> GeneralBounds {
    switch recurrent.gates {
    case 1: try boundsOfRNN(file, input)
    case 3: try boundsOfGRU(file, input)
    default: try boundsOfLSTM(file, input)
    }
  }

  private func boundsOfRNN(
    _ file: borrowing Safetensors, _ input: Double
  ) throws(Failure) -> GeneralBounds {
    var bounds = GeneralBounds()
    if let bound = bound(of: cell.activation) {
      bounds.output = bound
      bounds.hidden = max(bounds.hidden, bound)
    } else {
      bounds.hidden = try fixedPoint(file, rows: 0..<recurrent.rows, input, times: 1)
      bounds.output = bounds.hidden
    }
    return bounds
  }

  private func boundsOfGRU(
    _ file: borrowing Safetensors, _ input: Double
  ) throws(Failure) -> GeneralBounds {
    // z h + (1 - z) n, rounded, is at most twice n and h.
    try checkGate(file, "z")
    var bounds = GeneralBounds()
    if let bound = bound(of: cell.activation) {
      bounds.hidden = max(bounds.hidden, 2 * bound)
    } else {
      let rows = 2 * recurrent.hiddenSize..<recurrent.rows
      bounds.hidden = try fixedPoint(file, rows: rows, input, times: 2)
    }
    bounds.output = bounds.hidden
    return bounds
  }

  private func boundsOfLSTM(
    _ file: borrowing Safetensors, _ input: Double
  ) throws(Failure) -> GeneralBounds {
    if cell.inputForget { try checkGate(file, "f") }
    try checkRecurrent(file)
    var bounds = GeneralBounds()
    var addend = bound(of: cell.activation)
    let output = bound(of: cell.outputActivation)
    if addend == nil {
      guard let output else {
        throw unbounded(
          file, "activation and output_activation have no bound, expected a bounded one or a clip")
      }
      // g is the sum of its row.
      bounds.hidden = output
      var largest = 1.0
      for row in 2 * recurrent.hiddenSize..<3 * recurrent.hiddenSize {
        let (start, hidden) = try sum(file, row, input)
        largest = max(largest, start + hidden * output)
      }
      addend = 2 * largest
    }
    // From 2^26 times the addend on, adding it changes nothing.
    bounds.cell = 0x1p26 * max(1, addend ?? 1)
    bounds.output = output ?? bounds.cell
    bounds.hidden = max(bounds.hidden, bounds.output)
    return bounds
  }

  // MARK: Parts

  /// The bound of an activation's results; nil if it has none.
  private func bound(of chosen: ChosenActivation) -> Double? {
    switch chosen.activation {
    case .relu, .none: cell.clip == 0 ? nil : max(1, Double(cell.clip))
    default: 1
    }
  }

  /// A gate whose complement is used must be in 0…1.
  private func checkGate(_ file: borrowing Safetensors, _ gate: StaticString) throws(Failure) {
    switch cell.recurrentActivation.activation {
    case .sigmoid, .hardSigmoid: return
    default:
      throw unbounded(
        file, "recurrent_activation of \(gate) is not in 0...1, expected sigmoid or hard_sigmoid")
    }
  }

  private func checkRecurrent(_ file: borrowing Safetensors) throws(Failure) {
    switch cell.recurrentActivation.activation {
    case .relu, .none:
      throw unbounded(
        file, "recurrent_activation has no bound, expected sigmoid, hard_sigmoid, tanh or softsign")
    default: return
    }
  }

  private func unbounded(_ file: borrowing Safetensors, _ reason: Message) -> Failure {
    file.explanation.failure(
      LEAT_E_UNSUPPORTED,
      "a recurrent layer of \(recurrent.hiddenSize) units: \(reason): its state would have no bound"
    )
  }

  /// The h for which no row makes a larger one: h = times (start + rest h), rounded.
  private func fixedPoint(
    _ file: borrowing Safetensors, rows: Range<Int>, _ input: Double, times: Double
  ) throws(Failure) -> Double {
    // A sum of n terms may be rounded up by a factor of (1 + 2^-24)^n.
    let positive = countsPositive
    let slack = times * (1 + Double(recurrent.inputSize + recurrent.hiddenSize + 4) * 0x1p-23)
    var largest = 1.0
    for row in rows {
      let (start, hidden) = try sum(file, row, input, positive)
      guard hidden * slack < 1 else {
        throw file.failure(
          recurrent.hiddenWeight.index,
          "row \(row) has a sum of magnitudes of \(Float(hidden)), expected below \(Float(1 / slack)): else h has no bound with relu or none",
          code: LEAT_E_UNSUPPORTED)
      }
      largest = max(largest, start * slack / (1 - hidden * slack))
    }
    return largest
  }

  /// Whether the bound of h counts only weights above 0, as with relu no step makes an h below 0.
  /// Then none may come from outside.
  private var countsPositive: Bool {
    recurrent.gates != 4 && cell.activation.activation == .relu && cell.clip == 0
      && recurrent.type != .int8
  }

  /// The magnitudes of a row's sum: that of the biases and the inputs, and that of h if all its
  /// elements are 1. `positive` counts only weights above 0, if h is never below.
  private func sum(
    _ file: borrowing Safetensors, _ row: Int, _ input: Double, _ positive: Bool = false
  ) throws(Failure) -> (start: Double, hidden: Double) {
    let bias = try recurrent.biasMagnitude(file, row)
    let inputs = file.rowSum(recurrent.inputWeight, row, recurrent.inputSize)
    let hidden =
      positive
      ? file.positiveRowSum(recurrent.hiddenWeight, row, recurrent.hiddenSize)
      : file.rowSum(recurrent.hiddenWeight, row, recurrent.hiddenSize)
    return (bias + inputs * input, hidden)
  }

  /// Of the gates i, f and o.
  private func peepholeMagnitude(_ file: borrowing Safetensors, _ row: Int) -> Double {
    guard cell.peephole.isPresent else { return 0 }
    let size = recurrent.hiddenSize
    let weights = WeightReader(file, cell.peephole)
    return switch row / size {
    case 0, 1: Double(weights[row].magnitude)
    case 3: Double(weights[row - size].magnitude)
    default: 0
    }
  }
}

extension Safetensors {
  /// The sum of those elements of a row that are above 0.
  fileprivate func positiveRowSum(_ tensor: TensorIndex, _ row: Int, _ columns: Int) -> Double {
    let weights = WeightReader(self, tensor)
    var sum = 0.0
    for column in 0..<columns { sum += Double(max(weights[row &* columns &+ column], 0)) }
    return sum
  }
}
