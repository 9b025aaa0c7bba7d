// SPDX-License-Identifier: MIT

import CInternal
import LeatKernel

/// The kernels for a processor without fused multiply-add: the same bits, some thirty times slower.
@_cdecl("leatkernel_run_exact") @implementation
public func leatkernel_run_exact(
  _ model: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!, _ steps: Int,
  _ inputs: UnsafePointer<Float>!, _ outputs: UnsafeMutablePointer<Float>!
) {
  unsafe run(
    SoftwareFMA.self, model: ModelImage(model), stream: StreamBlock(stream), steps: steps,
    inputs: inputs, outputs: outputs)
}
