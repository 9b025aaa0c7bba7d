// SPDX-License-Identifier: MIT
//
// What PyTorch's recurrent layers have in common: the names of their tensors, h0, the sum of each
// gate, weight_ih x + weight_hh h + b_ih + b_hh, and the placement of their weights. Kinds differ
// in the number of gates, and in what they compute from the sums. A kind's plan holds a
// `RecurrentPlan`.

import LeatSupport
import LeatKernel

/// Which tensors make up one recurrent layer, and its sizes.
struct RecurrentPlan: BitwiseCopyable {
  var inputWeight = TensorIndex()
  var hiddenWeight = TensorIndex()
  /// Both or neither.
  var inputBias = TensorIndex()
  var hiddenBias = TensorIndex()
  /// weight_hr, of an LSTM with `proj_size`.
  var projection = TensorIndex()
  /// h0 and c0 of the layer's module, and the layer's row in them.
  var initialHidden = TensorIndex()
  var initialCell = TensorIndex()
  var row: Int16 = 0
  /// PyTorch's input_size, hidden_size, and the size of h.
  @Compact var inputSize = 0
  @Compact var hiddenSize = 0
  @Compact var outputSize = 0
  /// The largest magnitude of h and, of a first layer, of inputs that can't make a sum overflow:
  /// see `InputLimit`.
  var sumLimit: Float = 0
  /// The largest magnitude of an h from outside: `sumLimit`, or less.
  var hiddenLimit: Float = 0
  /// Whether an h from outside must not be below 0.
  var isNeverNegative = false
  /// The largest magnitude that c may have from outside.
  var cellLimit = Float.greatestFiniteMagnitude
  /// The type of the gates' weights in memory.
  var type = WeightType.float32
  var gates: UInt8 = 0
  var hasCell = false
  /// Whether a step sums up the last gate's inputs and h apart: then their biases aren't added.
  var isLastGateSplit = false

  var rows: Int { Int(gates) * hiddenSize }
  var cellSize: Int { hasCell ? hiddenSize : 0 }
  var hasBias: Bool { inputBias.isPresent }
  var isProjected: Bool { projection.isPresent }
  var hasInitialState: Bool { initialHidden.isPresent }

  /// Floats of its state in a stream's block, each part padded to a multiple of 8.
  var streamFloats: Int {
    2 * MatrixRecord.padded(outputSize) + MatrixRecord.padded(cellSize)
  }

  // MARK: Metadata

  /// The arguments that all recurrent modules have.
  func checkArgument(
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

  /// Hashes a layer of an `nn.RNN` or an `nn.GRU`.
  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    hashSizes(into: &fingerprint, flags: flags)
    hashWeights(into: &fingerprint, file)
    hashInitialState(into: &fingerprint, file)
  }

  func hashSizes(into fingerprint: inout FingerprintHasher, flags: Int) {
    fingerprint.addNumber(inputSize)
    fingerprint.addNumber(hiddenSize)
    fingerprint.addNumber(outputSize)
    fingerprint.addNumber(flags)
  }

  /// 1, 4, 8: biases, an initial state, integers.
  var flags: Int { (hasBias ? 1 : 0) | (hasInitialState ? 4 : 0) | (type == .int8 ? 8 : 0) }

  func hashWeights(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    fingerprint.addTensor(file, inputWeight)
    fingerprint.addTensor(file, hiddenWeight)
    guard hasBias else { return }
    fingerprint.addTensor(file, inputBias)
    fingerprint.addTensor(file, hiddenBias)
  }

  func hashInitialState(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    guard hasInitialState else { return }
    fingerprint.addRow(file, initialHidden, row: Int(row), outputSize)
    if hasCell { fingerprint.addRow(file, initialCell, row: Int(row), hiddenSize) }
  }
}
