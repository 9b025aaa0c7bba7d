// SPDX-License-Identifier: MIT

import LeatKernel

/// What a step computes: the sample, or the output of a layer.
struct Value: BitwiseCopyable {
  @Compact var size: Int
  /// The last layer that reads it; the number of layers if it is the model's output.
  var lastUse: Int16 = 0
  /// Whether it is the h of a recurrent layer, which outlives the step.
  let isState: Bool
  /// The bound of its magnitude: see `SumBound`.
  var bound = 0.0
  /// Where a stream has it: see `BlockPlanner`.
  var place = Place(0)

  init(size: Int, isState: Bool) {
    self.size = size
    self.isState = isState
  }
}
