// SPDX-License-Identifier: MIT
//
// A step of many streams. Each layer is computed for all streams of a pass before the next layer,
// so that its weights are read once.

import CLeat

/// The streams of one pass over the weights: enough to make reading the weights cheap, few enough
/// for their states to stay in the first caches.
public var streamsPerPass: Int { @inlinable @inline(__always) get { 24 } }

extension ModelHandle {
  /// Whether the second cache can't hold the weights.
  @inlinable public var isFar: Bool { @inline(__always) get { header.blockSize > 1 << 20 } }

  /// Weights that come from far away are shared by more streams.
  @inlinable public var streamsPerPass: Int {
    @inline(__always) get { isFar ? 6 &* LeatKernel.streamsPerPass : LeatKernel.streamsPerPass }
  }
}

/// Takes one sample through the model for each stream of a pass, of which there is at least one.
/// Streams and inputs were checked, and all streams have the same kernels. `outputs` may be `inputs`
/// when their sizes are equal.
@inlinable @inline(__always)
public func runNetworkBatch<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, streams: UnsafePointer<OpaquePointer?>, count: Int,
  inputs: UnsafePointer<Float>, outputs: UnsafeMutablePointer<Float>
) {
  let batch = unsafe Batch(streams, count)
  for member in 0..<count {
    unsafe readSample(
      F.self, inputs + member &* model.header.inputSize, model: model, stream: batch.stream(member))
  }
  stepLayers(batch, model: model)
  for member in 0..<count {
    unsafe writeOutput(
      to: outputs + member &* model.header.outputSize, model: model, stream: batch.stream(member))
  }
}

/// All layers of one pass.
@inlinable @inline(__always)
func stepLayers(_ batch: Batch, model: borrowing ModelHandle) {
  var layer = model.layer(0)
  for _ in 0..<model.header.layerCount {
    if let together = unsafe batch.stream(0).kernel(of: layer).batch {
      unsafe together(model.base, layer.base, batch.streams, batch.count)
    } else {
      for member in 0..<batch.count { batch.stream(member).step(layer, model) }
    }
    layer = layer.next()
  }
}
