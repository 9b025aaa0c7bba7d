// SPDX-License-Identifier: MIT
//
// A step of many streams: layer by layer, each for all streams of a pass, so that weights are read
// once.

import CLeat

/// The streams that a pass over the weights serves: enough to make reading the weights cheap, few
/// enough for their states to stay in the first caches.
@usableFromInline var streamsPerPass: Int { @inlinable @inline(__always) get { 24 } }

/// Streams that take a step together, a multiple of three.
@unsafe
public struct Batch {
  @usableFromInline let streams: UnsafePointer<OpaquePointer?>
  @usableFromInline let count: Int

  @inlinable @inline(__always)
  public init(_ streams: UnsafePointer<OpaquePointer?>, _ count: Int) {
    unsafe self.streams = streams
    unsafe self.count = count
  }

  @inlinable @inline(__always)
  func stream(_ member: Int) -> StreamBlock {
    // Safe: every pointer of the batch was checked.
    unsafe StreamBlock(UnsafeMutableRawPointer(streams[member].unsafelyUnwrapped))
  }
}

/// Takes one sample through the model for each of `count` streams, a multiple of three, which all
/// have been checked, as have the inputs; all run on the same kernels. `outputs` may be `inputs` when
/// their sizes are equal.
@inlinable @inline(__always)
public func runBatch<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, streams: UnsafePointer<OpaquePointer?>, count: Int,
  inputs: UnsafePointer<Float>, outputs: UnsafeMutablePointer<Float>
) {
  let inputSize = unsafe model.header.pointee.inputSize
  let outputSize = unsafe model.header.pointee.outputSize
  var first = 0
  while first < count {
    let batch = unsafe Batch(streams + first, min(streamsPerPass, count &- first))
    for member in unsafe 0..<batch.count {
      unsafe takeIn(
        F.self, inputs + (first &+ member) &* inputSize, model: model, stream: batch.stream(member))
    }
    unsafe step(batch, model: model)
    for member in unsafe 0..<batch.count {
      unsafe putOut(
        to: outputs + (first &+ member) &* outputSize, model: model, stream: batch.stream(member))
    }
    unsafe first &+= batch.count
  }
}

/// All layers of one pass.
@inlinable @inline(__always)
func step(_ batch: Batch, model: borrowing ModelImage) {
  var layer = unsafe model.layers
  for _ in unsafe 0..<model.header.pointee.layerCount {
    let kernel = unsafe batch.stream(0).kernel(of: layer)
    if let together = unsafe kernel.pointee.batch {
      unsafe together(model.base, layer, batch.streams, batch.count)
    } else {
      for member in unsafe 0..<batch.count {
        // Safe: a model is made only with the kernels that its layers need.
        unsafe kernel.pointee.step.unsafelyUnwrapped(
          model.base, layer, batch.stream(member).base)
      }
    }
    unsafe layer += 1
  }
}
