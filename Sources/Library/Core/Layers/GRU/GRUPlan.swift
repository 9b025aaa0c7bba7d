// SPDX-License-Identifier: MIT
//
// PyTorch's `nn.GRU`: gates r, z and n, the state h alone.

import CLeat
import LeatSupport
import LeatKernel

struct GRUPlan: BitwiseCopyable {
  static var gates: Int { 3 }

  /// The largest magnitude of h. A step makes no h that is larger than 2 and than the h before it,
  /// but with z = 1 a larger one from outside stays.
  static var largestHidden: Float { 0x1p24 }

  var recurrent: RecurrentPlan

  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double {
    try recurrent.limitHidden(file, input: input, output: 2, atMost: GRUPlan.largestHidden)
    return Double(GRUPlan.largestHidden)
  }

  func checkArgument(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    if RecurrentCell.hasArgument(argument, gates: GRUPlan.gates) { return true }
    return try recurrent.checkArgument(argument, entry, layers: layers)
  }
}
