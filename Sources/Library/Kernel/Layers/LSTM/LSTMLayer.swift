// SPDX-License-Identifier: MIT
//
// One step of one LSTM layer, as PyTorch's `nn.LSTM` defines it:
//
//     i = σ(W_ii x + W_hi h + b)   f = σ(W_if x + W_hf h + b)   c' = f c + i g
//     g = tanh(W_ig x + W_hg h + b)   o = σ(W_io x + W_ho h + b)   h' = o tanh(c')
//
// Every sum runs in one order whatever the width of the processor: the bias, then the inputs, then
// the previous h, each product fused. The order of the panels is free.

import CLeat
import CVectors

/// What one step of one LSTM layer reads and writes of one stream.
@unsafe @usableFromInline
struct LayerState {
  /// [input_size]
  @usableFromInline let input: UnsafePointer<Float>
  /// The previous h, [output_size].
  @usableFromInline let hidden: UnsafePointer<Float>
  /// [hidden_size] filled up to a multiple of 8, as is `output`.
  @usableFromInline let cell: UnsafeMutablePointer<Float>
  /// o tanh(c'); not where `hidden` is.
  @usableFromInline let output: UnsafeMutablePointer<Float>

  @inlinable @inline(__always)
  init(
    _ layer: LSTMLayer, model: borrowing ModelImage, stream: borrowing StreamBlock
  ) {
    let record = unsafe layer.record
    unsafe input = UnsafePointer(
      stream.floats(at: model.sources(of: layer.layer).pointee.place))
    unsafe hidden = UnsafePointer(stream.floats(at: record.pointee.hidden))
    unsafe cell = stream.floats(at: record.pointee.cell)
    unsafe output =
      record.pointee.projection != 0
      ? stream.floats(at: record.pointee.unprojected)
      : stream.floats(at: layer.layer.pointee.output)
  }
}

/// The two records of an LSTM layer.
@unsafe @usableFromInline
struct LSTMLayer {
  @usableFromInline let layer: UnsafePointer<LayerRecord>
  @usableFromInline let record: UnsafePointer<LSTMRecord>

  @inlinable @inline(__always)
  init(_ layer: UnsafePointer<LayerRecord>, model: borrowing ModelImage) {
    unsafe self.layer = layer
    unsafe record = model.record(at: layer.pointee.record, as: LSTMRecord.self)
  }

  /// Rows of the projection. After all panels, which read the whole of the previous h.
  @inlinable @inline(__always)
  func project(
    _ model: borrowing ModelImage, _ stream: borrowing StreamBlock, from first: Int, upTo end: Int
  ) {
    let matrix = unsafe model.record(at: record.pointee.projection, as: MatrixRecord.self)
    let kernels = unsafe stream.header.pointee.kernels
    let kernel =
      switch unsafe matrix.pointee.type {
      case .float32: unsafe kernels.pointee.projection.f32
      case .float16: unsafe kernels.pointee.projection.f16
      case .bfloat16: unsafe kernels.pointee.projection.bf16
      case .int8: unsafe kernels.pointee.projection.i8
      }
    let output = unsafe stream.floats(at: layer.pointee.output)
    // Safe: a model is made only with the kernels that its layers need.
    unsafe kernel.unsafelyUnwrapped(
      model.base, matrix, first, end, stream.floats(at: record.pointee.unprojected), output)
    unsafe leat_vector_copy(output + first, output + first, end &- first, Least.value)
  }
}

/// A layer with weights of a floating-point format.
@inlinable @inline(__always)
public func stepLSTM<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>,
  stream: borrowing StreamBlock
) {
  let layer = unsafe LSTMLayer(layer, model: model)
  let state = unsafe LayerState(layer, model: model, stream: stream)
  let pairs = unsafe PanelPairs(W.self, layer.record, model: model, stream: stream)
  let isWoven = unsafe W.isWoven && !F.sharesCode && pairs.count > 1
  let recurrent = unsafe layer.record.pointee.outputSize
  if unsafe isWoven && recurrent >= NextPair<F, W, TwoInputs>.inputs {
    unsafe stepWovenPairs(F.self, W.self, TwoInputs.self, pairs, state)
  } else if unsafe isWoven && recurrent >= NextPair<F, W, OneInput>.inputs {
    unsafe stepWovenPairs(F.self, W.self, OneInput.self, pairs, state)
  } else {
    var turn = 0
    while unsafe turn < pairs.count {
      let pair = unsafe pairs.pair(turn)
      var sums = unsafe pairs.sums(F.self, W.self, pair, state)
      unsafe sums.add(F.self, W.self, sums.count)
      unsafe Gates.step(F.self, sums.low, sums.high, state, unit: 16 &* pair)
      turn &+= 1
    }
  }
  if unsafe (layer.record.pointee.hiddenSize &+ 7) & 8 != 0 {
    unsafe stepLastPanel(F.self, W.self, layer.record, model, state)
  }
  if unsafe layer.record.pointee.projection != 0 {
    unsafe layer.project(model, stream, from: 0, upTo: layer.record.pointee.outputSize)
  }
}

/// The panel that is alone after the pairs.
@inlinable @inline(__always)
func stepLastPanel<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, _ layer: UnsafePointer<LSTMRecord>, _ model: borrowing ModelImage,
  _ state: LayerState
) {
  let unit = unsafe (layer.pointee.hiddenSize &- 1) & ~15
  let panel = unsafe PanelWeights(layer, W.type, column: W.column, unit: unit, model: model)
  var gates = unsafe PanelSums(panel.bias)
  var weight = unsafe panel.weights
  var source = unsafe state.input
  var count = unsafe layer.pointee.inputSize
  for _ in 0..<2 {
    var k = 0
    while k < count {
      // Safe: k stays below the source's size, the weights advance in step with it.
      unsafe gates.add(F.self, W.self, weight, Lanes(repeating: source[k]))
      unsafe weight += W.column
      k &+= 1
    }
    unsafe source = state.hidden
    count = unsafe layer.pointee.outputSize
  }
  unsafe Gates.step(F.self, gates, state, unit: unit)
}
