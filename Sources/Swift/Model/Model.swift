// SPDX-License-Identifier: MIT

internal import CLeat

/// A trained network, ready to run: read-only, and independent of the file it came from.
///
/// Any number of threads and streams may share it. It is a class because they share one object;
/// stepping a stream touches no reference count.
///
/// In C it is `leat_model`.
@safe public final class Model: @unchecked Sendable {
  let handle: OpaquePointer

  /// Floats in one sample.
  public let inputSize: Int
  /// Floats in one output.
  public let outputSize: Int
  /// Weights and biases in the file.
  public let parameterCount: UInt64
  /// Multiply-accumulates of one step.
  public let multiplyAccumulatesPerStep: UInt64
  /// Bytes of the model in memory.
  public let memorySize: UInt64
  /// Bytes of one stream in memory.
  public let streamSize: UInt64
  /// Bytes of one state.
  public let stateSize: UInt64
  /// Inputs beyond it, of either sign, are refused: the sums of a step could overflow.
  public let inputLimit: Float
  /// Whether the last layer multiplies by `output_std` and adds `output_mean`, so that outputs come
  /// in units.
  public let hasDenormalizer: Bool
  /// A state can be loaded only into a model with the same fingerprint.
  public let fingerprint: Fingerprint
  /// The list of layers, in the order in which they are computed.
  public let layers: [Layer]

  /// Reads a safetensors file, as PyTorch's `save_file()` of a `state_dict()` writes it.
  ///
  /// - Throws: `.io`, `.memory`, `.format`, `.model`, `.unsupported`, `.newer`; `.argument` for a path with a NUL
  public init(path: String) throws(LeatError) {
    try requireNoNUL(path, "path")
    var model: OpaquePointer?
    try unsafe check { error in unsafe leat_model_open(path, &model, error) }
    // Safe: leat_model_open has returned LEAT_OK, and then there is a model.
    unsafe handle = model!
    var info = leat_model_info_t()
    // Safe: this can't fail for a model.
    _ = unsafe leat_model_info(handle, &info, nil)
    inputSize = Int(info.input_size)
    outputSize = Int(info.output_size)
    parameterCount = info.parameters
    multiplyAccumulatesPerStep = info.macs_per_step
    memorySize = info.model_size
    streamSize = info.stream_size
    stateSize = info.state_size
    inputLimit = info.input_limit
    hasDenormalizer = info.has_denormalizer != 0
    fingerprint = unsafe withUnsafeBytes(of: info.fingerprint) { unsafe Fingerprint($0) }
    let handle = unsafe handle
    layers = (0..<info.layers).map { place in
      var layer = leat_layer_info_t()
      // Safe: this can't fail for a place below `layers`.
      _ = unsafe leat_model_layer(handle, place, &layer, nil)
      return Layer(layer)
    }
  }

  deinit { unsafe leat_model_close(handle) }

  /// The normalizer's mean and deviation, each `[inputSize]`: 0 and 1 when the model has none.
  public var normalizer: (mean: [Float], standardDeviation: [Float]) {
    var mean = [Float](repeating: 0, count: inputSize)
    var deviation = [Float](repeating: 1, count: inputSize)
    // Safe: this can't fail for a model, and both arrays have input_size elements.
    _ = unsafe leat_model_normalizer(handle, &mean, &deviation, nil)
    return (mean, deviation)
  }
}
