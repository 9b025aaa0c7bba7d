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
    unsafe normalize(F.self, model: model, input: input, output: normalized)
    unsafe input = UnsafePointer(normalized)
  }
  var index = 0
  while unsafe index < header.pointee.lstmCount {
    unsafe input = stepLSTM(
      F.self, model.lstmRecords + index, model: model, stream: stream, input: input)
    index &+= 1
  }
  index = 0
  while unsafe index < header.pointee.linearCount {
    let output = unsafe stream.linearOutput(index, of: model)
    let layer = unsafe model.linearRecords + index
    let rows = unsafe layer.pointee.matrix.rows
    if unsafe layer.pointee.matrix.type == .float32, rows == 1 {
      // A head of one output waits for the layer before and nothing else: no call.
      unsafe output[0] = multiplyRow(F.self, model.matrix(of: layer), model, input)
    } else {
      unsafe multiplyRows(
        F.self, model.matrix(of: layer), from: 0, upTo: rows, model: model, input: input,
        output: output)
    }
    index &+= 1
    if unsafe index < header.pointee.linearCount { unsafe fillUp(output, count: rows) }
    if unsafe layer.pointee.activation != .none {
      unsafe activate(F.self, layer.pointee.activation, output, count: rows)
    }
    unsafe input = UnsafePointer(output)
  }
  return unsafe input
}

/// Takes one sample through one LSTM layer and returns where its new h stands.
@inlinable @inline(__always)
func stepLSTM<F: FusedMultiplyAdd>(
  _: F.Type, _ layer: UnsafePointer<LSTMRecord>, model: borrowing ModelImage,
  stream: borrowing StreamBlock, input: UnsafePointer<Float>
) -> UnsafePointer<Float> {
  if unsafe layer.pointee.type == .float32 {
    unsafe stepLSTMLayer(F.self, Float32Weights.self, layer, model, stream, input)
  } else if unsafe layer.pointee.type == .float16 {
    unsafe stepLSTMLayer(F.self, Float16Weights.self, layer, model, stream, input)
  } else if unsafe layer.pointee.type == .bfloat16 {
    unsafe stepLSTMLayer(F.self, BFloat16Weights.self, layer, model, stream, input)
  } else {
    unsafe stepQuantizedLayer(F.self, layer, model, stream, input)
  }
  let next = unsafe stream.nextHidden(of: layer.pointee)
  if unsafe layer.pointee.projection.rows != 0 {
    unsafe multiplyRows(
      F.self, model.projection(of: layer), from: 0, upTo: layer.pointee.projection.rows,
      model: model, input: stream.floats(at: model.header.pointee.scratch.unprojected),
      output: next)
  }
  return unsafe UnsafePointer(next)
}

/// (x - mean) / standard deviation, as PyTorch code writes it.
@inlinable @inline(never)
func normalize<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, input: UnsafePointer<Float>,
  output: UnsafeMutablePointer<Float>
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
