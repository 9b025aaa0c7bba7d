// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

/// The processor's own instruction. Only for code that is compiled for a processor that has it:
/// elsewhere this is eight calls of libm.
enum HardwareFMA: FusedMultiplyAdd {
  typealias Integers = WordProducts
  #if arch(arm)
    static var sharesCode: Bool { @inline(__always) get { true } }
  #else
    static var sharesCode: Bool { @inline(__always) get { false } }
  #endif

  @inline(__always)
  static func fma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { c.addingProduct(a, b) }
}

// The kernels for a processor that has fused multiply-add. Package.swift compiles this module, and
// only this one, for such a processor.

@_cdecl("leat_fma_run") @implementation
public func leat_fma_run(
  _ model: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!, _ steps: Int,
  _ inputs: UnsafePointer<Float>!, _ outputs: UnsafeMutablePointer<Float>!
) {
  unsafe runNetwork(
    HardwareFMA.self, model: ModelHandle(model), stream: StreamHandle(stream), steps: steps,
    inputs: inputs, outputs: outputs)
}

@_cdecl("leat_fma_run_batch") @implementation
public func leat_fma_run_batch(
  _ model: UnsafeRawPointer!, _ streams: UnsafePointer<OpaquePointer?>!, _ count: Int,
  _ inputs: UnsafePointer<Float>!, _ outputs: UnsafeMutablePointer<Float>!
) {
  unsafe runNetworkBatch(
    HardwareFMA.self, model: ModelHandle(model), streams: streams, count: count, inputs: inputs,
    outputs: outputs)
}
