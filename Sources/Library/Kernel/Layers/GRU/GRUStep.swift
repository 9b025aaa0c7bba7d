// SPDX-License-Identifier: MIT
//
// One step of one layer, as PyTorch's `nn.GRU` defines it:
//
//     r = σ(W_ir x + W_hr h + b)   z = σ(W_iz x + W_hz h + b)
//     n = tanh(W_in x + b_in + r (W_hn h + b_hn))
//     h' = (1 - z) n + z h
//
// `PanelStep.swift` adds up the sums, `GRUCell.swift` computes the new h from them.

/// A step of a layer with floating-point weights.
@inlinable @inline(__always)
public func stepGRU<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let layer = RecurrentLayer<HiddenStateRecord>(layer, model: model)
  let state = GRUState(layer, model: model, stream: stream)
  if F.isWide && !W.sharesWordsOfPanels {
    stepWidePanels(F.self, W.self, WideGRU.self, layer, state, model: model, stream: stream)
  } else {
    stepPanels(F.self, W.self, GRUSums.self, layer, state, model: model, stream: stream)
  }
}

/// `stepGRU` for streams of a batch.
@inlinable @inline(__always)
public func stepGRUBatch<F: FusedMultiplyAdd, W: PanelFormat>(
  _: F.Type, _: W.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  batch: Batch
) {
  let layer = RecurrentLayer<HiddenStateRecord>(layer, model: model)
  if F.isWide && !W.sharesWordsOfPanels {
    stepWideBatch(F.self, W.self, WideGRU.self, layer, batch: batch, model: model)
  } else {
    stepPanelsBatch(F.self, W.self, GRUSums.self, layer, batch: batch, model: model)
  }
}

/// A step of a layer with integer weights.
@inlinable @inline(__always)
public func stepQuantizedGRU<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>,
  stream: borrowing StreamHandle
) {
  let layer = RecurrentLayer<HiddenStateRecord>(layer, model: model)
  let state = GRUState(layer, model: model, stream: stream)
  // One or two panels keep too few of the wider registers busy.
  if F.isWide && layer.record.hiddenSize > 16 {
    stepQuantizedWide(F.self, WideGRU.self, layer, state, model: model, stream: stream)
  } else {
    stepQuantizedPanels(F.self, GRUSums.self, layer, state, model: model, stream: stream)
  }
}

/// `stepQuantizedGRU` for streams of a batch.
@inlinable @inline(__always)
public func stepQuantizedGRUBatch<F: FusedMultiplyAdd>(
  _: F.Type, model: borrowing ModelHandle, layer: RecordHandle<LayerRecord>, batch: Batch
) {
  let layer = RecurrentLayer<HiddenStateRecord>(layer, model: model)
  if F.isWide {
    stepQuantizedWideBatch(F.self, WideGRU.self, layer, batch: batch, model: model)
  } else {
    stepQuantizedPanelsBatch(F.self, GRUSums.self, layer, batch: batch, model: model)
  }
}

extension PanelFormat {
  /// Whether a word has weights of two panels, which vectors of sixteen can't be made of.
  @inlinable static var sharesWordsOfPanels: Bool {
    @inline(__always) get { Panels(units: 16, gates: 3, type: type).sharesWords }
  }
}
