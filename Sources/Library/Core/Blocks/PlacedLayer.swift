// SPDX-License-Identifier: MIT

import LeatKernel

/// Where a layer is in the two blocks.
struct PlacedLayer {
  /// The record of its kind; 0 if it has none.
  var record: Int
  var output: Place
  /// The numbers of its activation; 0 if it has none.
  var parameters = 0
  /// Of a recurrent layer.
  var state: StateRecord?
}
