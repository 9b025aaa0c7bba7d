// SPDX-License-Identifier: MIT
//
// PyTorch's `nn.RNN` with tanh: one gate, which is the new h.

import CLeat
import LeatSupport
import LeatKernel

struct RNNPlan: BitwiseCopyable {
  static var gates: Int { 1 }

  var recurrent: RecurrentPlan

  mutating func boundOutput(
    _ file: borrowing Safetensors, input: Double?
  ) throws(Failure) -> Double {
    try recurrent.limitHidden(file, input: input, output: 1)
    return 1
  }

  func checkArgument(
    _ argument: Text, _ entry: MetadataEntry, layers: Int
  ) throws(Failure) -> Bool {
    if RecurrentCell.hasArgument(argument, gates: RNNPlan.gates) { return true }
    return try recurrent.checkArgument(argument, entry, layers: layers)
  }
}
