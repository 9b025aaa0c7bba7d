// SPDX-License-Identifier: MIT

/// The streams that a pass over the weights serves: enough to make reading the weights cheap, few
/// enough for their states to stay in the first caches.
@usableFromInline var streamsPerPass: Int { @inlinable @inline(__always) get { 24 } }

/// Takes one sample through the model for each of `count` streams, a multiple of three, which all
/// have been checked, as have the inputs. `outputs` may be `inputs` when their sizes are equal.
@inlinable @inline(__always)
public func stepBatch<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelImage, streams: UnsafePointer<OpaquePointer?>, count: Int,
  inputs: UnsafePointer<Float>, outputs: UnsafeMutablePointer<Float>
) {
  let header = unsafe model.header
  var first = 0
  while first < count {
    let size = min(streamsPerPass, count &- first)
    let batch = unsafe Batch(
      streams: streams + first, count: size,
      inputs: inputs + first &* header.pointee.inputSize, model: model)
    unsafe batch.step(F.self, model: model, outputs: outputs + first &* header.pointee.outputSize)
    first &+= size
  }
}

/// Streams that take a step together.
@unsafe @usableFromInline
struct Batch {
  @usableFromInline let streams: UnsafePointer<OpaquePointer?>
  @usableFromInline let count: Int
  @usableFromInline let inputs: UnsafePointer<Float>
  @usableFromInline let inputSize: Int
  @usableFromInline let isNormalized: Bool

  @inlinable @inline(__always)
  init(
    streams: UnsafePointer<OpaquePointer?>, count: Int, inputs: UnsafePointer<Float>,
    model: borrowing ModelImage
  ) {
    unsafe self.streams = streams
    unsafe self.count = count
    unsafe self.inputs = inputs
    unsafe inputSize = unsafe model.header.pointee.inputSize
    unsafe isNormalized = unsafe model.header.pointee.normalizer != 0
  }

  @inlinable @inline(__always)
  func stream(_ index: Int) -> StreamBlock {
    // Safe: every pointer of the batch was checked.
    unsafe StreamBlock(UnsafeMutableRawPointer(streams[index].unsafelyUnwrapped))
  }

  /// What LSTM layer `layer` reads of a stream.
  @inlinable @inline(__always)
  func input(
    _ index: Int, ofLayer layer: Int, model: borrowing ModelImage
  ) -> UnsafePointer<Float> {
    if layer != 0 {
      return unsafe UnsafePointer(stream(index).nextHidden(of: model.lstmRecords[layer &- 1]))
    }
    if unsafe isNormalized {
      return unsafe UnsafePointer(
        stream(index).floats(at: model.header.pointee.scratch.normalized))
    }
    return unsafe inputs + index &* inputSize
  }

  @inlinable @inline(__always)
  func step<F: FusedMultiplyAdd>(
    _: F.Type, model: borrowing ModelImage, outputs: UnsafeMutablePointer<Float>
  ) {
    if unsafe isNormalized {
      for index in unsafe 0..<count {
        unsafe normalize(
          F.self, model: model, input: inputs + index &* inputSize,
          output: stream(index).floats(at: model.header.pointee.scratch.normalized))
      }
    }
    var layer = 0
    while unsafe layer < model.header.pointee.lstmCount {
      unsafe stepLSTM(F.self, layer, model.lstmRecords + layer, model: model)
      layer &+= 1
    }
    unsafe stepLinear(F.self, model: model)
    unsafe finish(model: model, outputs: outputs)
  }

  @inlinable @inline(__always)
  func stepLSTM<F: FusedMultiplyAdd>(
    _: F.Type, _ index: Int, _ layer: UnsafePointer<LSTMRecord>, model: borrowing ModelImage
  ) {
    switch unsafe layer.pointee.type {
    case .float32: unsafe stepPanels(F.self, Float32Weights.self, index, layer, model: model)
    case .float16: unsafe stepPanels(F.self, Float16Weights.self, index, layer, model: model)
    case .bfloat16: unsafe stepPanels(F.self, BFloat16Weights.self, index, layer, model: model)
    case .int8: unsafe stepQuantizedPanels(F.self, index, layer, model: model)
    }
    // Behind all panels, which read the whole of the previous h.
    var row = 0
    while unsafe row < layer.pointee.projection.rows {
      for member in unsafe 0..<count {
        let stream = unsafe stream(member)
        unsafe multiplyRows(
          F.self, model.projection(of: layer), from: row,
          upTo: min(row &+ 4, layer.pointee.projection.rows),
          model: model,
          input: stream.floats(at: model.header.pointee.scratch.unprojected),
          output: stream.nextHidden(of: layer.pointee))
      }
      row &+= 4
    }
  }

  @inlinable @inline(__always)
  func state(
    _ member: Int, _ index: Int, _ layer: UnsafePointer<LSTMRecord>, model: borrowing ModelImage
  ) -> LayerState {
    unsafe LayerState(
      layer, model: model, stream: stream(member),
      input: input(member, ofLayer: index, model: model))
  }

  @inlinable @inline(__always)
  func states(
    _ member: Int, _ index: Int, _ layer: UnsafePointer<LSTMRecord>, model: borrowing ModelImage
  ) -> StateTriple {
    unsafe StateTriple(
      state(member, index, layer, model: model), state(member &+ 1, index, layer, model: model),
      state(member &+ 2, index, layer, model: model))
  }

  @inlinable @inline(__always)
  func stepPanels<F: FusedMultiplyAdd, W: WeightFormat>(
    _: F.Type, _: W.Type, _ index: Int, _ layer: UnsafePointer<LSTMRecord>,
    model: borrowing ModelImage
  ) {
    let columns = unsafe layer.pointee.inputSize &+ layer.pointee.outputSize
    var unit = 0
    while unsafe unit < layer.pointee.hiddenSize {
      let panel = unsafe PanelWeights(
        layer, unit: unit, columns: columns, size: 4 &* W.stride, model: model)
      var member = 0
      while unsafe member &+ 6 <= count {
        let first = unsafe states(member, index, layer, model: model)
        let second = unsafe states(member &+ 3, index, layer, model: model)
        unsafe Gates.step(
          F.self, sumPanel(F.self, W.self, layer, panel, first), first,
          sumPanel(F.self, W.self, layer, panel, second), second, unit: unit)
        member &+= 6
      }
      if unsafe member < count {
        let states = unsafe states(member, index, layer, model: model)
        unsafe sumPanel(F.self, W.self, layer, panel, states).step(F.self, states, unit: unit)
      }
      unit &+= 8
    }
  }

  @inlinable @inline(__always)
  func stepLinear<F: FusedMultiplyAdd>(_: F.Type, model: borrowing ModelImage) {
    var index = 0
    while unsafe index < model.header.pointee.linearCount {
      unsafe stepLinear(F.self, index, model.linearRecords + index, model: model)
      index &+= 1
    }
  }

  @inlinable @inline(__always)
  func stepLinear<F: FusedMultiplyAdd>(
    _: F.Type, _ index: Int, _ layer: UnsafePointer<LinearRecord>, model: borrowing ModelImage
  ) {
    var row = 0
    while unsafe row < layer.pointee.matrix.rows {
      for member in unsafe 0..<count {
        unsafe multiplyRows(
          F.self, model.matrix(of: layer), from: row,
          upTo: min(row &+ 4, layer.pointee.matrix.rows), model: model,
          input: result(member, behindLinear: index, model: model),
          output: stream(member).linearOutput(index, of: model))
      }
      row &+= 4
    }
    for member in unsafe 0..<count {
      let output = unsafe stream(member).linearOutput(index, of: model)
      unsafe fillUp(output, count: layer.pointee.matrix.rows)
      unsafe activate(
        F.self, layer.pointee.activation, output, count: layer.pointee.matrix.rows)
    }
  }

  /// What stands in a stream behind the last LSTM layer and `count` linear ones.
  @inlinable @inline(__always)
  func result(
    _ member: Int, behindLinear count: Int, model: borrowing ModelImage
  ) -> UnsafePointer<Float> {
    if count != 0 {
      return unsafe UnsafePointer(stream(member).linearOutput(count &- 1, of: model))
    }
    let last = unsafe model.header.pointee.lstmCount &- 1
    return unsafe UnsafePointer(stream(member).nextHidden(of: model.lstmRecords[last]))
  }

  /// Copies the outputs out and makes the next h the current one.
  @inlinable @inline(__always)
  func finish(model: borrowing ModelImage, outputs: UnsafeMutablePointer<Float>) {
    let linearCount = unsafe model.header.pointee.linearCount
    let size = unsafe model.header.pointee.outputSize
    for member in unsafe 0..<count {
      let result = unsafe result(member, behindLinear: linearCount, model: model)
      for element in 0..<size { unsafe outputs[member &* size &+ element] = result[element] }
      let header = unsafe stream(member).header
      unsafe header.pointee.parity ^= 1
      unsafe header.pointee.position &+= 1
    }
  }
}
