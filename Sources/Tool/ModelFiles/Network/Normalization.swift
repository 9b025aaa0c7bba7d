// SPDX-License-Identifier: MIT

/// What is done to each input before the first layer, (x - mean) / deviation, or to each output
/// after the last, y * deviation + mean.
struct Normalization {
  var source: String
  var mean: [Float]
  var deviation: [Float]

  /// - Parameter prefix: "input" or "output"
  func tensors(_ prefix: String) -> [ModuleTensor] {
    [
      ("\(prefix)_mean", [mean.count], mean), ("\(prefix)_std", [deviation.count], deviation),
    ]
  }
}
