// SPDX-License-Identifier: MIT
//
// The sum of two values, element by element.

/// A step of a sum. Generic, so that each set of kernels has its own copy.
@inlinable @inline(__always)
public func stepSum<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let first = model.sources(of: layer)
  let a = unsafe stream.floats(at: first.value.place)
  let b = unsafe stream.floats(at: first.next().value.place)
  let output = unsafe stream.floats(at: layer.value.output)
  let count = layer.value.outputSize
  var j = 0
  while j < count {
    // Safe: all three are padded to a multiple of 8. The padding may hold anything, and is written
    // again by `finishOutput`.
    unsafe store(load(a, j) + load(b, j), output, j)
    j &+= 8
  }
  unsafe finishOutput(model, layer, output, stream)
}
