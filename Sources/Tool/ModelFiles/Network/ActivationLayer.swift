// SPDX-License-Identifier: MIT

/// An activation. If it follows a linear layer, it has no module of its own.
struct ActivationLayer {
  var source: String
  /// The number of values.
  var size: Int
  var activation: Activation
}
