// SPDX-License-Identifier: MIT

/// Takes `steps` samples through the whole model: normalizer, LSTM layers, linear layers.
///
/// Everything was checked before: the inputs are within the model's limit, so no sum overflows and
/// nothing can fail. `outputs` may be `inputs` when their sizes are equal.
@inlinable @inline(__always)
public func run<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, stream: borrowing StreamBlock, steps: Int,
  inputs: UnsafePointer<Float>, outputs: UnsafeMutablePointer<Float>
) {
  let header = unsafe model.header
  var input = unsafe inputs
  var output = unsafe outputs
  var remaining = steps
  while remaining > 0 {
    let result = unsafe step(F.self, model: model, stream: stream, input: input)
    let outputSize = unsafe header.pointee.outputSize
    var j = 0
    while j < outputSize {
      // Safe: the result is a region of the stream of at least outputSize floats.
      unsafe output[j] = result[j]
      j &+= 1
    }
    unsafe stream.header.pointee.parity ^= 1
    unsafe stream.header.pointee.position &+= 1
    unsafe input += header.pointee.inputSize
    unsafe output += outputSize
    remaining &-= 1
  }
}

/// Takes one sample through the model, up to the current h not yet being the next, and returns
/// where in the stream the output stands.
@inlinable @inline(__always)
func step<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, stream: borrowing StreamBlock,
  input: UnsafePointer<Float>
) -> UnsafePointer<Float> {
  let header = unsafe model.header
  var input = unsafe input
  if unsafe header.pointee.normalizer != 0 {
    let normalized = unsafe stream.floats(at: header.pointee.scratch.normalized)
    unsafe normalize(model: model, input: input, output: normalized)
    unsafe input = UnsafePointer(normalized)
  }
  var index = 0
  while unsafe index < header.pointee.lstmCount {
    let layer = unsafe model.lstmRecords[index]
    let next = unsafe stream.nextHidden(of: layer)
    let isProjected = layer.projection != 0
    let unprojected =
      unsafe isProjected ? stream.floats(at: header.pointee.scratch.unprojected) : next
    unsafe stepLSTMLayer(
      F.self, layer, weights: model.floats(at: layer.weights), bias: model.floats(at: layer.bias),
      input: input, hidden: stream.currentHidden(of: layer), cell: stream.cell(of: layer),
      output: unprojected)
    if isProjected {
      unsafe multiplyRows(
        F.self, inputSize: layer.hiddenSize, outputSize: layer.outputSize,
        weights: model.floats(at: layer.projection), input: unprojected, output: next)
    }
    unsafe input = UnsafePointer(next)
    index &+= 1
  }
  index = 0
  while unsafe index < header.pointee.linearCount {
    let layer = unsafe model.linearRecords[index]
    let scratch = unsafe header.pointee.scratch.linear
    let output = unsafe stream.floats(at: index & 1 == 0 ? scratch.0 : scratch.1)
    unsafe stepLinearLayer(F.self, layer, model: model, input: input, output: output)
    unsafe input = UnsafePointer(output)
    index &+= 1
  }
  return unsafe input
}

/// (x - mean) / standard deviation, as PyTorch code writes it.
@inlinable @inline(__always)
func normalize(
  model: borrowing ModelImage, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
) {
  let size = unsafe model.header.pointee.inputSize
  let mean = unsafe model.floats(at: model.header.pointee.normalizer)
  let deviation = unsafe mean + size
  var j = 0
  while j < size {
    // Safe: the image holds size means and as many deviations.
    unsafe output[j] = (input[j] - mean[j]) / deviation[j]
    j &+= 1
  }
}
