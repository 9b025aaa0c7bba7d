// SPDX-License-Identifier: MIT

import CLeat

/// A model that `leat_model_open` read, for as long as this lives.
@safe final class Model {
  let path: String
  let handle: OpaquePointer
  let info: leat_model_info_t

  init(path: String) throws {
    self.path = path
    var model: OpaquePointer?
    try unsafe LibraryError.check(reading: path) { error in
      unsafe leat_model_open(path, &model, error)
    }
    // Safe: leat_model_open has returned LEAT_OK, and then there is a model.
    unsafe handle = model!
    var info = leat_model_info_t()
    // Safe: of a model this can't fail.
    _ = unsafe leat_model_info(handle, &info, nil)
    self.info = info
  }

  deinit { unsafe leat_model_close(handle) }

  var inputSize: Int { Int(info.input_size) }
  var outputSize: Int { Int(info.output_size) }

  /// SHA-256 of architecture and weights, in hexadecimal digits.
  var fingerprint: String {
    unsafe withUnsafeBytes(of: info.fingerprint) { bytes in unsafe Figures.hexadecimal(bytes) }
  }

  /// The list of layers, in the order of a sample's way.
  var layers: [leat_layer_info_t] {
    (0..<info.layers).map { place in
      var info = leat_layer_info_t()
      // Safe: of a place below `layers` this can't fail.
      _ = unsafe leat_model_layer(handle, place, &info, nil)
      return info
    }
  }

  /// What inputs are normalised with: 0 and 1 of a model without.
  var normalizer: (mean: [Float], standardDeviation: [Float]) {
    var mean = [Float](repeating: 0, count: inputSize)
    var deviation = [Float](repeating: 1, count: inputSize)
    // Safe: of a model this can't fail, and both have input_size elements.
    _ = unsafe leat_model_normalizer(handle, &mean, &deviation, nil)
    return (mean, deviation)
  }

  /// The kernels that this processor can run, the best first.
  static var kernels: [String] {
    var names: [String] = []
    while let name = unsafe leat_kernel_available(UInt32(names.count)) {
      names.append(unsafe String(cString: name))
    }
    return names
  }
}
