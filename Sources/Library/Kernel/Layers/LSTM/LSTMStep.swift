// SPDX-License-Identifier: MIT
//
// One step of one layer, as PyTorch's `nn.LSTM` defines it:
//
//     i = σ(W_ii x + W_hi h + b)   f = σ(W_if x + W_hf h + b)
//     g = tanh(W_ig x + W_hg h + b)   o = σ(W_io x + W_ho h + b)
//     c' = f c + i g
//     h' = o tanh(c')
//
// `PanelStep.swift` adds up the sums, `LSTMCell.swift` computes the state from them.

/// A step of a layer with floating-point weights.
@inlinable @inline(__always)
public func stepLSTM<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let layer = RecurrentLayer<LSTMRecord>(layer, model: model)
  let state = LSTMState(layer, model: model, stream: stream)
  if F.isWide {
    stepWidePanels(F.self, W.self, WideLSTM.self, layer, state, model: model, stream: stream)
  } else {
    stepPanels(F.self, W.self, LSTMSums.self, layer, state, model: model, stream: stream)
  }
  layer.project(model, stream)
}

/// A step of a layer with integer weights.
@inlinable @inline(__always)
public func stepQuantizedLSTM<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let layer = RecurrentLayer<LSTMRecord>(layer, model: model)
  let state = LSTMState(layer, model: model, stream: stream)
  // One or two panels keep too few of the wider registers busy.
  if F.isWide && layer.record.hiddenSize > 16 {
    stepQuantizedWide(F.self, WideLSTM.self, layer, state, model: model, stream: stream)
  } else {
    stepQuantizedPanels(F.self, LSTMSums.self, layer, state, model: model, stream: stream)
  }
  layer.project(model, stream)
}

/// `stepQuantizedLSTM` for streams of a batch.
@inlinable @inline(__always)
public func stepQuantizedLSTMBatch<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>, batch: Batch
) {
  let layer = RecurrentLayer<LSTMRecord>(layer, model: model)
  if F.isWide {
    stepQuantizedWideBatch(F.self, WideLSTM.self, layer, batch: batch, model: model)
  } else {
    stepQuantizedPanelsBatch(F.self, LSTMSums.self, layer, batch: batch, model: model)
  }
  batch.project(layer, model: model)
}
