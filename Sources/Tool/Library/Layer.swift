// SPDX-License-Identifier: MIT

import CLeat

/// What `leat_model_layer` says of a layer, in words.
extension leat_layer_info_t {
  /// As PyTorch names its modules.
  var kindName: String {
    switch Int32(bitPattern: kind) {
    case LEAT_LAYER_LSTM: "nn.LSTM"
    case LEAT_LAYER_LINEAR: "nn.Linear"
    case LEAT_LAYER_ACTIVATION: "activation"
    case LEAT_LAYER_RNN: "nn.RNN"
    default: "kind \(kind)"
    }
  }

  /// As leat_kernels.h names its kernels, with the type of its weights after it; nil of an activation.
  var kernelName: String? {
    switch Int32(bitPattern: kind) {
    case LEAT_LAYER_LSTM: "lstm"
    case LEAT_LAYER_LINEAR: "linear"
    case LEAT_LAYER_RNN: "rnn"
    default: nil
    }
  }

  var isRecurrent: Bool { recurrent != UInt32(LEAT_NOT_RECURRENT) }

  /// As `leat.layers` names them.
  var activationName: String {
    switch Int32(bitPattern: activation) {
    case LEAT_ACTIVATION_NONE: "none"
    case LEAT_ACTIVATION_RELU: "relu"
    case LEAT_ACTIVATION_SIGMOID: "sigmoid"
    case LEAT_ACTIVATION_TANH: "tanh"
    case LEAT_ACTIVATION_SOFTMAX: "softmax"
    default: "activation \(activation)"
    }
  }

  /// safetensors' name of what the weights are in memory; nil of a layer without.
  var weightsName: String? { leat_layer_info_t.name(ofWeights: weights) }

  /// The same of a projection's.
  var projectionWeightsName: String? { leat_layer_info_t.name(ofWeights: projection_weights) }

  private static func name(ofWeights number: UInt32) -> String? {
    switch Int32(bitPattern: number) {
    case LEAT_WEIGHTS_NONE: nil
    case LEAT_WEIGHTS_F32: "F32"
    case LEAT_WEIGHTS_F16: "F16"
    case LEAT_WEIGHTS_BF16: "BF16"
    case LEAT_WEIGHTS_I8: "I8"
    default: "weights \(number)"
    }
  }

  /// Whether another has the same sizes and does the same, by weights of any type.
  func hasShape(of other: leat_layer_info_t) -> Bool {
    kind == other.kind && input_size == other.input_size && output_size == other.output_size
      && hidden_size == other.hidden_size && recurrent == other.recurrent
      && activation == other.activation
  }
}
