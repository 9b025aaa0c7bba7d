// SPDX-License-Identifier: MIT

import LeatKernel

/// Which tensors make up one LSTM layer, by their place in the table, and its sizes.
struct LSTMPlan {
  var inputWeight = -1
  var hiddenWeight = -1
  /// Both or neither.
  var inputBias = -1
  var hiddenBias = -1
  /// -1 without `proj_size`.
  var projection = -1
  /// h0 and c0 of the layer's module, both or neither, and the layer's row in them.
  var initialHidden = -1
  var initialCell = -1
  var row = 0
  var inputSize = 0
  var hiddenSize = 0
  var outputSize = 0
  /// The largest magnitude of h that can't make a sum overflow: see `Bounds`.
  var hiddenLimit: Float = 0
  /// How the weights of the gates stand in memory.
  var type = WeightType.float32

  var hasBias: Bool { inputBias >= 0 }
  var isProjected: Bool { projection >= 0 }
  var hasInitialState: Bool { initialHidden >= 0 }
}

/// Which tensors make up one linear layer.
struct LinearPlan {
  var weight = -1
  /// -1 with `bias=False`.
  var bias = -1
  var activation = Activation.none
  var inputSize = 0
  var outputSize = 0
}

/// A model as the names and shapes of a file's tensors and its metadata describe it, all checked.
struct Architecture: ~Copyable {
  static var mostLayers: Int { 64 }
  /// The largest size of anything, so that no sum's rounding can carry it past its bound: see
  /// `Bounds`.
  static var largestSize: Int { 1 << 24 }

  var lstms: Table<LSTMPlan>
  var linears: Table<LinearPlan>
  /// The normalizer's tensors; -1 without one.
  var inputMean = -1
  var inputDeviation = -1

  var hasNormalizer: Bool { inputMean >= 0 }
  var inputSize: Int { lstms[0].inputSize }
  /// Floats that come out of the layers so far.
  var outputSize: Int {
    linears.count > 0
      ? linears[linears.count - 1].outputSize : lstms[lstms.count - 1].outputSize
  }

  init(_ workspace: inout Workspace) {
    lstms = Table(&workspace, capacity: Architecture.mostLayers)
    linears = Table(&workspace, capacity: Architecture.mostLayers)
  }
}
