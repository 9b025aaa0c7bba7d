// SPDX-License-Identifier: MIT

/// One layer of a network. It reads the output of the layer before it.
enum Layer {
  case recurrent(RecurrentLayer)
  case linear(LinearLayer)
  case activation(ActivationLayer)
  case prelu(PReLULayer)
  case batchNorm(BatchNormLayer)
  case sum(SumLayer)

  /// Its place in the source: "node 'lstm' (LSTM)"
  var source: String {
    switch self {
    case .recurrent(let layer): layer.source
    case .linear(let layer): layer.source
    case .activation(let layer): layer.source
    case .prelu(let layer): layer.source
    case .batchNorm(let layer): layer.source
    case .sum(let layer): layer.source
    }
  }

  /// The module that it is in a file; nil for a layer that is only an entry of `leat.layers`.
  var module: (any ModuleLayer)? {
    switch self {
    case .recurrent(let layer): layer
    case .linear(let layer): layer
    case .prelu(let layer): layer
    case .batchNorm(let layer): layer
    case .activation, .sum: nil
    }
  }
}
