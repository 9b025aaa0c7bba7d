// SPDX-License-Identifier: MIT
//
// One step of one layer, as PyTorch's `nn.RNN` defines it: h' = tanh(W_ih x + W_hh h + b).
//
// Every sum runs in the order of an LSTM's: the bias, then the inputs, then the previous h, each
// product fused. Two panels at once, since each sum waits for itself.

/// A layer with weights of a floating-point format.
@inlinable @inline(__always)
public func stepRNN<F: FusedMultiplyAdd, W: SingleGateFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>,
  stream: borrowing StreamBlock
) {
  let layer = unsafe RNNLayer(layer, model: model)
  let state = unsafe RNNState(layer, model: model, stream: stream)
  var unit = 0
  while unsafe unit < layer.record.pointee.hiddenSize {
    unsafe stepPanels(F.self, W.self, layer, model, unit: unit, state)
    unit &+= 16
  }
}

/// The same of all streams of a batch, each weight that is loaded for three.
@inlinable @inline(__always)
public func stepRNNBatch<F: FusedMultiplyAdd, W: SingleGateFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelImage, layer: UnsafePointer<LayerRecord>,
  batch: Batch
) {
  let layer = unsafe RNNLayer(layer, model: model)
  var unit = 0
  while unsafe unit < layer.record.pointee.hiddenSize {
    var member = 0
    while unsafe member < batch.count {
      unsafe stepPanels(
        F.self, W.self, layer, model, unit: unit, batch.states(member, layer, model: model))
      member &+= 3
    }
    unit &+= 16
  }
}

/// The pair of panels that begins with `unit`, or the odd last panel.
@inlinable @inline(__always)
func stepPanels<F: FusedMultiplyAdd, W: SingleGateFormat, S: RNNStreams>(
  _: F.Type, _: W.Type, _ layer: RNNLayer, _ model: borrowing ModelImage, unit: Int, _ streams: S
) {
  let record = unsafe layer.record
  let units = unsafe record.pointee.hiddenSize
  let isPair = unit &+ 8 < units
  let bias = unsafe model.floats(at: record.pointee.bias) + unit
  var first = unsafe S.Values(load(bias, 0))
  var second = isPair ? unsafe S.Values(load(bias, 8)) : S.Values(repeating: 0)
  let panels = Panels(units: units, gates: 1, type: W.type)
  let columns = unsafe record.pointee.inputSize &+ units
  var weight =
    unsafe model.bytes(at: record.pointee.weights)
    + panels.start(ofPair: unit / 16, columns: columns) &* W.type.size
  var streams = streams
  var count = unsafe record.pointee.inputSize
  for _ in 0..<2 {
    var k = 0
    while k < count {
      // Safe: k stays below the sources' size, the weights advance in step with it.
      let x = streams.value(k)
      first = unsafe .fma(F.self, S.Values(W.first(weight)), x, first)
      if isPair {
        second = unsafe .fma(F.self, S.Values(W.second(weight)), x, second)
      }
      unsafe weight += isPair ? W.pairColumn : W.lastColumn
      k &+= 1
    }
    streams.turnToHidden()
    count = units
  }
  // Of an odd last panel the second is 0 and left alone: one way for both is less code.
  let new = newHidden(F.self, Two(first, second))
  streams.store(new.first, unit)
  if isPair { streams.store(new.second, unit &+ 8) }
}
