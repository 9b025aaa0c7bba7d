// SPDX-License-Identifier: MIT

internal import CLeat

/// One layer of a model.
public struct Layer: Hashable, Sendable {
  /// What it computes.
  public enum Kind: Hashable, Sendable {
    /// One layer of an `nn.LSTM`.
    case lstm
    /// An `nn.Linear`, and the activation after it.
    case linear
    /// An activation by itself.
    case activation
    /// One layer of an `nn.RNN`.
    case rnn
    /// One layer of an `nn.GRU`.
    case gru
    /// The sum of the value before it and an earlier one: a residual or a skip connection.
    case sum
    /// Constants multiplied and added: an `nn.BatchNorm1d`, or the last layer, which gives outputs
    /// in units.
    case scale
  }

  /// The function that ends it.
  public enum Activation: String, Hashable, Sendable {
    case none, relu, sigmoid, tanh, softmax
    case leakyRelu = "leaky_relu"
    case elu, gelu
    case geluTanh = "gelu_tanh"
    case silu, softplus, softsign
    case hardSigmoid = "hard_sigmoid"
    case hardtanh, hardswish, prelu
    case logSoftmax = "log_softmax"
  }

  /// The type of weights in memory, named as in safetensors.
  public enum WeightType: String, Hashable, Sendable {
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case i8 = "I8"
  }

  /// What a recurrent layer makes of its sums, if that isn't what PyTorch's does: with peepholes, a
  /// clip, other activations or another place of the reset gate.
  public struct Cell: Hashable, Sendable {
    /// Of the gates i, f and o, or r and z; none of an RNN.
    public let recurrentActivation: Activation
    /// Of g or n, or of the h of an RNN.
    public let activation: Activation
    /// Of the c of an LSTM that becomes h; none of others.
    public let outputActivation: Activation

    fileprivate init(_ info: leat_layer_info_t) {
      recurrentActivation = Activation(number: info.recurrent_activation)
      activation = Activation(number: info.cell_activation)
      outputActivation = Activation(number: info.output_activation)
    }
  }

  public let kind: Kind
  /// Floats it reads.
  public let inputSize: Int
  /// Floats it puts out; of a recurrent layer the floats in h.
  public let outputSize: Int
  /// PyTorch's `hidden_size` of a recurrent layer, and the floats in c if it has one; 0 for other layers.
  public let hiddenSize: Int
  /// Its number among the recurrent layers, for
  /// `ModelStream.hiddenState(ofLayer:)`; nil when it isn't one.
  public let recurrentIndex: Int?
  public let activation: Activation
  /// nil when it has no weights.
  public let weightType: WeightType?
  /// Of an LSTM's `weight_hr`; nil without `proj_size`.
  public let projectionWeightType: WeightType?
  /// nil of a layer that isn't recurrent, and of PyTorch's `nn.LSTM`, `nn.GRU` and `nn.RNN` with tanh.
  public let cell: Cell?

  init(_ info: leat_layer_info_t) {
    kind =
      switch Int32(bitPattern: info.kind) {
      case LEAT_LAYER_LSTM: .lstm
      case LEAT_LAYER_LINEAR: .linear
      case LEAT_LAYER_RNN: .rnn
      case LEAT_LAYER_GRU: .gru
      case LEAT_LAYER_SUM: .sum
      case LEAT_LAYER_SCALE: .scale
      default: .activation
      }
    inputSize = Int(info.input_size)
    outputSize = Int(info.output_size)
    hiddenSize = Int(info.hidden_size)
    recurrentIndex = info.recurrent == UInt32(LEAT_NOT_RECURRENT) ? nil : Int(info.recurrent)
    activation = Activation(number: info.activation)
    weightType = WeightType(number: info.weights)
    projectionWeightType = WeightType(number: info.projection_weights)
    cell = info.cell == UInt32(LEAT_CELL_OTHER) ? Cell(info) : nil
  }
}

extension Layer.Activation {
  fileprivate init(number: UInt32) {
    switch Int32(bitPattern: number) {
    case LEAT_ACTIVATION_RELU: self = .relu
    case LEAT_ACTIVATION_SIGMOID: self = .sigmoid
    case LEAT_ACTIVATION_TANH: self = .tanh
    case LEAT_ACTIVATION_SOFTMAX: self = .softmax
    case LEAT_ACTIVATION_LEAKY_RELU: self = .leakyRelu
    case LEAT_ACTIVATION_ELU: self = .elu
    case LEAT_ACTIVATION_GELU: self = .gelu
    case LEAT_ACTIVATION_GELU_TANH: self = .geluTanh
    case LEAT_ACTIVATION_SILU: self = .silu
    case LEAT_ACTIVATION_SOFTPLUS: self = .softplus
    case LEAT_ACTIVATION_SOFTSIGN: self = .softsign
    case LEAT_ACTIVATION_HARD_SIGMOID: self = .hardSigmoid
    case LEAT_ACTIVATION_HARDTANH: self = .hardtanh
    case LEAT_ACTIVATION_HARDSWISH: self = .hardswish
    case LEAT_ACTIVATION_PRELU: self = .prelu
    case LEAT_ACTIVATION_LOG_SOFTMAX: self = .logSoftmax
    default: self = .none
    }
  }
}

extension Layer.WeightType {
  fileprivate init?(number: UInt32) {
    switch Int32(bitPattern: number) {
    case LEAT_WEIGHTS_F32: self = .f32
    case LEAT_WEIGHTS_F16: self = .f16
    case LEAT_WEIGHTS_BF16: self = .bf16
    case LEAT_WEIGHTS_I8: self = .i8
    default: return nil
    }
  }
}
