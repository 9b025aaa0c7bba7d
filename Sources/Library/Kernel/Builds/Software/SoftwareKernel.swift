// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

// The kernels for a processor without fused multiply-add: the same bits, some thirty times slower.

@_cdecl("leat_software_run") @implementation
public func leat_software_run(
  _ model: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!, _ steps: Int,
  _ inputs: UnsafePointer<Float>!, _ outputs: UnsafeMutablePointer<Float>!
) {
  unsafe runNetwork(
    SoftwareFMA.self, model: ModelHandle(model), stream: StreamHandle(stream), steps: steps,
    inputs: inputs, outputs: outputs)
}
