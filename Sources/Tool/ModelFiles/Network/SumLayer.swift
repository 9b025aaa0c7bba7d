// SPDX-License-Identifier: MIT

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
