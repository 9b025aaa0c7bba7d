// SPDX-License-Identifier: MIT

/// An nn.PReLU: x, and x times a weight where x is negative.
struct PReLULayer: ModuleLayer {
  var source: String
  /// One for each element, or one for all.
  var weights: [Float]

  var name: String { "prelu" }
  // A single tensor `weight` could be other layers', too.
  var kind: String? { "prelu" }
  var tensors: [ModuleTensor] { [("weight", [weights.count], weights)] }
}
