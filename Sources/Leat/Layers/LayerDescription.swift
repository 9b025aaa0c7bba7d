// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

extension ModelImage {
  /// What `leat_model_layer` says of a layer of the list.
  func describe(_ layer: UnsafePointer<LayerRecord>) -> leat_layer_info_t {
    var info = leat_layer_info_t()
    unsafe info.output_size = UInt32(layer.pointee.outputSize)
    unsafe info.activation = UInt32(layer.pointee.activation.rawValue)
    info.recurrent = UInt32(LEAT_NOT_RECURRENT)
    unsafe info.input_size = UInt32(sources(of: layer).pointee.size)
    switch unsafe layer.pointee.kind {
    case .lstm:
      info.kind = UInt32(LEAT_LAYER_LSTM)
      let record = unsafe self.record(at: layer.pointee.record, as: LSTMRecord.self)
      unsafe info.hidden_size = UInt32(record.pointee.hiddenSize)
      unsafe info.weights = record.pointee.type.number
      if unsafe record.pointee.projection != 0 {
        let projection = unsafe self.record(
          at: record.pointee.projection, as: MatrixRecord.self)
        unsafe info.projection_weights = projection.pointee.type.number
      }
    case .linear:
      info.kind = UInt32(LEAT_LAYER_LINEAR)
      let record = unsafe self.record(at: layer.pointee.record, as: MatrixRecord.self)
      unsafe info.weights = record.pointee.type.number
    case .activation:
      info.kind = UInt32(LEAT_LAYER_ACTIVATION)
    }
    for state in 0..<(unsafe header.pointee.stateCount)
    where unsafe layers + states[state].layer == layer {
      info.recurrent = UInt32(state)
    }
    return info
  }
}

extension WeightType {
  /// LEAT_WEIGHTS_*
  fileprivate var number: UInt32 {
    switch self {
    case .float32: UInt32(LEAT_WEIGHTS_F32)
    case .float16: UInt32(LEAT_WEIGHTS_F16)
    case .bfloat16: UInt32(LEAT_WEIGHTS_BF16)
    case .int8: UInt32(LEAT_WEIGHTS_I8)
    }
  }
}
