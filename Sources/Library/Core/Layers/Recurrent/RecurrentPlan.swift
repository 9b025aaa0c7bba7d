// SPDX-License-Identifier: MIT
//
// What PyTorch's recurrent layers have in common: the names of their tensors, h0, the sum of each
// gate, weight_ih x + weight_hh h + b_ih + b_hh, and where their weights are placed. They differ in
// how many gates there are and in what is done with them.

import CLeat
import LeatSupport
import LeatKernel

/// A tensor by its place in the file's table, or none.
struct TensorPlace: BitwiseCopyable {
  private var number: Int16 = -1

  init() {}

  init(_ index: Int) { number = Int16(index) }

  var isThere: Bool { number >= 0 }
  var index: Int { Int(number) }
}

/// Which tensors make up one recurrent layer, and its sizes.
struct RecurrentPlan: BitwiseCopyable {
  var inputWeight = TensorPlace()
  var hiddenWeight = TensorPlace()
  /// Both or neither.
  var inputBias = TensorPlace()
  var hiddenBias = TensorPlace()
  /// weight_hr, of an LSTM with `proj_size`.
  var projection = TensorPlace()
  /// h0 and c0 of the layer's module, and the layer's row in them.
  var initialHidden = TensorPlace()
  var initialCell = TensorPlace()
  var row: Int16 = 0
  private var inputs: UInt32 = 0
  private var units: UInt32 = 0
  private var outputs: UInt32 = 0
  /// The largest magnitude of h that can't make a sum overflow: see `Bounds`.
  var hiddenLimit: Float = 0
  /// How the weights of the gates are in memory.
  var type = WeightType.float32
  var gates: UInt8 = 0
  var hasCell = false

  /// PyTorch's input_size, hidden_size, and the size of h.
  var inputSize: Int {
    get { Int(inputs) }
    set { inputs = UInt32(newValue) }
  }
  var hiddenSize: Int {
    get { Int(units) }
    set { units = UInt32(newValue) }
  }
  var outputSize: Int {
    get { Int(outputs) }
    set { outputs = UInt32(newValue) }
  }

  var rows: Int { Int(gates) * hiddenSize }
  var cellSize: Int { hasCell ? hiddenSize : 0 }
  var hasBias: Bool { inputBias.isThere }
  var isProjected: Bool { projection.isThere }
  var hasInitialState: Bool { initialHidden.isThere }

  /// Floats that a stream's block keeps of it, each part filled up to a multiple of 8.
  var streamFloats: Int {
    2 * MatrixRecord.filled(outputSize) + MatrixRecord.filled(cellSize)
  }

  // MARK: Metadata

  /// The arguments that all recurrent modules have.
  func checkShared(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    switch argument {
    case "input_size": try entry.expect(inputSize)
    case "hidden_size": try entry.expect(hiddenSize)
    case "num_layers": try entry.expect(layers)
    case "bias": try entry.expect(hasBias)
    case "bidirectional": try entry.expect(false)
    case "batch_first", "dropout": break  // neither changes what a stream computes
    default: return false
    }
    return true
  }

  // MARK: Fingerprint

  func addSizes(to fingerprint: inout Fingerprint, flags: Int) {
    fingerprint.add(inputSize)
    fingerprint.add(hiddenSize)
    fingerprint.add(outputSize)
    fingerprint.add(flags)
  }

  /// 1, 4, 8: biases, an initial state, integers.
  var flags: Int { (hasBias ? 1 : 0) | (hasInitialState ? 4 : 0) | (type == .int8 ? 8 : 0) }

  func addWeights(to fingerprint: inout Fingerprint, _ file: borrowing Safetensors) {
    fingerprint.add(file, inputWeight)
    fingerprint.add(file, hiddenWeight)
    guard hasBias else { return }
    fingerprint.add(file, inputBias)
    fingerprint.add(file, hiddenBias)
  }

  func addInitialState(to fingerprint: inout Fingerprint, _ file: borrowing Safetensors) {
    guard hasInitialState else { return }
    fingerprint.add(file, initialHidden, row: Int(row), outputSize)
    if hasCell { fingerprint.add(file, initialCell, row: Int(row), hiddenSize) }
  }
}
