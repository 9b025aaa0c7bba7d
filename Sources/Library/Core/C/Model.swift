// SPDX-License-Identifier: MIT

import CInternal
import CLeat
import LeatSupport
import LeatKernel

@_cdecl("leat_model_measure") @implementation
public func leat_model_measure(
  _ file: UnsafeRawPointer!, _ file_size: Int, _ memory_size: UnsafeMutablePointer<Int>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let bytes = unsafe try fileBytes(file, file_size, explanation)
    try unsafe checkPointer(memory_size, "memory_size", explanation)
    return try ModelLoader<EveryOtherLayer>.load(bytes, explanation) { loader throws(Failure) in
      unsafe memory_size.pointee = loader.memorySize
      return LEAT_OK
    }
  }
}

@_cdecl("leat_model_init") @implementation
public func leat_model_init(
  _ memory: UnsafeMutableRawPointer!, _ memory_size: Int, _ file: UnsafeRawPointer!,
  _ file_size: Int, _ model: UnsafeMutablePointer<OpaquePointer?>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe leat_model_init_with(
    memory, memory_size, file, file_size, leatcore_every_kernel(), model, error)
}

@_cdecl("leat_model_init_with") @implementation
public func leat_model_init_with(
  _ memory: UnsafeMutableRawPointer!, _ memory_size: Int, _ file: UnsafeRawPointer!,
  _ file_size: Int, _ kernels: UnsafePointer<leat_kernels>!,
  _ model: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) -> Int32 in
    let kernels = unsafe try kernelList(kernels, explanation)
    guard let load = unsafe kernels.pointee.load else {
      if unsafe kernels.pointee.set == 0 { throw KernelSets.noneFits(explanation) }
      throw explanation.failure(
        LEAT_E_ARGUMENT,
        "kernels: the first set has no 'load', expected leat_load_lstm or leat_load_any")
    }
    return unsafe load(memory, memory_size, file, file_size, kernels, model, error)
  }
}

@_cdecl("leat_model_info") @implementation
public func leat_model_info(
  _ model: OpaquePointer!, _ info: UnsafeMutablePointer<leat_model_info_t>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let image = unsafe try openModel(model, explanation)
    try unsafe checkPointer(info, "info", explanation)
    let header = image.header
    var result = leat_model_info_t()
    result.input_size = UInt32(header.inputSize)
    result.output_size = UInt32(header.outputSize)
    result.layers = UInt32(header.layerCount)
    result.recurrent_layers = UInt32(header.stateCount)
    result.parameters = header.parameters
    result.macs_per_step = header.macsPerStep
    result.model_size = UInt64(header.blockSize + BlockPlanner.slack)
    result.stream_size = UInt64(header.streamSize)
    result.state_size = UInt64(header.stateSize)
    result.input_limit = header.inputLimit
    result.has_denormalizer = header.hasDenormalizer ? 1 : 0
    let fingerprint = header.fingerprint
    copyFingerprint(fingerprint, to: &result.fingerprint)
    unsafe info.pointee = result
    return LEAT_OK
  }
}

@_cdecl("leat_model_layer") @implementation
public func leat_model_layer(
  _ model: OpaquePointer!, _ place: UInt32, _ info: UnsafeMutablePointer<leat_layer_info_t>!,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let image = unsafe try openModel(model, explanation)
    let count = image.header.layerCount
    guard place < count else {
      throw explanation.failure(
        LEAT_E_ARGUMENT, "place is \(place), expected less than the \(count) layers of the model")
    }
    try unsafe checkPointer(info, "info", explanation)
    unsafe info.pointee = image.describe(Int(place))
    return LEAT_OK
  }
}

@_cdecl("leat_model_normalizer") @implementation
public func leat_model_normalizer(
  _ model: OpaquePointer!, _ mean: UnsafeMutablePointer<Float>!,
  _ standard_deviation: UnsafeMutablePointer<Float>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe withIEEEFloats(reportingTo: error) { (explanation) throws(Failure) -> Int32 in
    let image = unsafe try openModel(model, explanation)
    if unsafe mean != nil { try unsafe checkPointer(mean, "mean", explanation) }
    if unsafe standard_deviation != nil {
      try unsafe checkPointer(standard_deviation, "standard_deviation", explanation)
    }
    let size = image.header.inputSize
    let offset = image.header.normalizer
    let means = unsafe offset == 0 ? nil : image.floats(at: offset)
    if let mean = unsafe mean {
      for index in 0..<size { unsafe mean[index] = means?[index] ?? 0 }
    }
    if let deviation = unsafe standard_deviation {
      for index in 0..<size { unsafe deviation[index] = means?[size + index] ?? 1 }
    }
    return LEAT_OK
  }
}

extension ModelHandle {
  /// The answer of `leat_model_layer`.
  fileprivate func describe(_ place: Int) -> leat_layer_info_t {
    let layer = layer(place)
    var info = leat_layer_info_t()
    info.kind = UInt32(layer.value.kind.rawValue)
    info.input_size = UInt32(source(of: layer).size)
    info.output_size = UInt32(layer.value.outputSize)
    info.activation = UInt32(layer.value.activation.activation.rawValue)
    info.weights = UInt32(layer.value.weights)
    info.projection_weights = UInt32(layer.value.projection)
    if layer.value.hasOtherCell {
      let record = record(at: layer.value.record, as: GeneralRecord.self).value
      info.cell = UInt32(LEAT_CELL_OTHER)
      info.recurrent_activation = UInt32(record.recurrentActivation.activation.rawValue)
      info.cell_activation = UInt32(record.activation.activation.rawValue)
      info.output_activation = UInt32(record.outputActivation.activation.rawValue)
    }
    info.recurrent = UInt32(LEAT_NOT_RECURRENT)
    for state in 0..<(header.stateCount) where self.state(state).layer == place {
      info.recurrent = UInt32(state)
      info.hidden_size = UInt32(self.state(state).units)
    }
    return info
  }
}
