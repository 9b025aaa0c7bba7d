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

/// A tensor of a module, without the module's name.
typealias ModuleTensor = (name: String, shape: [Int], values: [Float])

/// A layer with tensors, which a file names as a module of PyTorch.
protocol ModuleLayer {
  var source: String { get }
  /// The module's name in the file: a number follows where there are several of a kind.
  var name: String { get }
  /// The kind that `leat.layers` has to say, since the tensors don't; nil otherwise.
  var kind: String? { get }
  var tensors: [ModuleTensor] { get }
  /// The arguments that aren't the default, for `leat.MODULE.ARGUMENT`.
  var arguments: [(name: String, value: String)] { get }
}

extension ModuleLayer {
  var kind: String? { nil }
  var arguments: [(name: String, value: String)] { [] }
}

/// An activation. If it follows a linear layer, it has no module of its own.
struct ActivationLayer {
  var source: String
  /// The number of values.
  var size: Int
  var activation: Activation
}

/// Adds an earlier value to the output of the layer before.
struct SumLayer {
  enum Addend {
    /// The sample, normalized if there is a normalizer.
    case input
    /// The output of the layer with this index in the network.
    case layer(Int)
  }

  var source: String
  /// The number of values.
  var size: Int
  var addend: Addend
  /// Only the first elements of the addend, this many; nil for all.
  var first: Int?
}
