// SPDX-License-Identifier: MIT
//
// `stepPanels` for vectors of sixteen. As many panels are computed at once as the registers of
// AVX-512 have room for: a layer of up to six panels is one group. A larger one has groups of four,
// whose activations are interleaved with the sums of the next group, and a last group of three to
// six. Every second step goes from the last group to the first, since the weights that the step before
// read last are still in the first cache. Where the first cache holds two panels but not four, and the
// number of panels is even, all groups have two.

/// All panels of a layer with floating-point weights.
@inlinable @inline(__always)
func stepWidePanels<F: FusedMultiplyAdd, W: PanelFormat, Layer: WideLayer>(
  _: F.Type, _: W.Type, _: Layer.Type, _ layer: RecurrentLayer<Layer.State.Record>,
  _ state: Layer.State, model: borrowing ModelHandle, stream: borrowing StreamHandle
) {
  let panels = WidePanels(Layer.self, layer.recordHandle, state, model: model)
  let count = (layer.record.hiddenSize &+ 7) &>> 3
  if W.isInterleaved {
    switch count {
    case 1: return stepGroup(F.self, W.self, Layer.Last.self, panels, panel: 0)
    case 2: return stepGroup(F.self, W.self, Layer.Pair.self, panels, panel: 0)
    case 3: return stepGroup(F.self, W.self, Layer.ThreePanels.self, panels, panel: 0)
    case 4: return stepGroup(F.self, W.self, Layer.FourPanels.self, panels, panel: 0)
    default: break
    }
  }
  let order = WideOrder(
    panels: count, bytes: count &* panels.columns &* Layer.FourPanels.column(W.self) / 4,
    parity: stream.header.parity)
  if W.isInterleaved && order.fours > 0
    && layer.record.outputSize
      >= NextSums<F, W, TwoInputs, WideGroup<Layer.FourPanels>>.inputs
  {
    let bytes = panels.columns &* Layer.Pair.column(W.self)
    if count & 1 == 0 && bytes <= WideOrder.firstCache && 2 &* bytes > WideOrder.firstCache {
      stepInterleavedTwos(F.self, W.self, panels, pairs: count &>> 1, order)
    } else {
      stepInterleavedFours(F.self, W.self, panels, order)
    }
  } else {
    stepFours(F.self, W.self, panels, order)
  }
}

/// The order of a layer's panels: groups of four, and a last one of up to six, if
/// they aren't a multiple of four.
@usableFromInline
struct WideOrder {
  @usableFromInline let fours: Int
  @usableFromInline let last: Int
  @usableFromInline let isBackward: Bool

  /// The most bytes of weights that may still be in a processor's caches after a step. For more,
  /// reading forward is faster, since the processor's prefetcher helps.
  @inlinable static var cached: Int { @inline(__always) get { 1 << 24 } }

  /// Bytes of weights that the first cache holds beside the rest of a step: three quarters of 48 KB.
  @inlinable static var firstCache: Int { @inline(__always) get { 36 << 10 } }

  @inlinable @inline(__always)
  init(panels: Int, bytes: Int, parity: UInt8) {
    let isAllFours = panels & 3 == 0
    fours = isAllFours ? panels &>> 2 : panels <= 6 ? 0 : (panels &- 3) &>> 2
    last = panels &- 4 &* fours
    isBackward = parity != 0 && bytes <= WideOrder.cached
  }

  /// The first panel of the four that are computed after `index` others.
  @inlinable @inline(__always)
  func panel(_ index: Int) -> Int { 4 &* (isBackward ? fours &- 1 &- index : index) }
}

/// One group.
@inlinable @inline(__always)
func stepGroup<F: FusedMultiplyAdd, W: PanelFormat, Layer: WideLayer, Sums: WideSums>(
  _: F.Type, _: W.Type, _: Sums.Type, _ panels: WidePanels<Layer>, panel: Int
) {
  var group = panels.sums(F.self, W.self, Sums.self, panel: panel)
  group.addRest(F.self, W.self)
  var work = NoWork()
  Layer.step(F.self, group.sums.gates, panels.state, unit: 8 &* panel, beside: &work)
}

/// The last group, if it isn't of four.
@inlinable @inline(never)
func stepLast<F: FusedMultiplyAdd, W: PanelFormat, Layer: WideLayer>(
  _: F.Type, _: W.Type, _ panels: WidePanels<Layer>, _ order: WideOrder
) {
  let panel = 4 &* order.fours
  switch order.last {
  case 0: break
  case 1: stepGroup(F.self, W.self, Layer.Last.self, panels, panel: panel)
  case 2: stepGroup(F.self, W.self, Layer.Pair.self, panels, panel: panel)
  case 3: stepGroup(F.self, W.self, Layer.ThreePanels.self, panels, panel: panel)
  case 5: stepGroup(F.self, W.self, Layer.FivePanels.self, panels, panel: panel)
  default: stepGroup(F.self, W.self, Layer.SixPanels.self, panels, panel: panel)
  }
}

/// One group after the other.
@inlinable @inline(never)
func stepFours<F: FusedMultiplyAdd, W: PanelFormat, Layer: WideLayer>(
  _: F.Type, _: W.Type, _ panels: WidePanels<Layer>, _ order: WideOrder
) {
  if order.isBackward { stepLast(F.self, W.self, panels, order) }
  var index = 0
  while index < order.fours {
    stepGroup(F.self, W.self, Layer.FourPanels.self, panels, panel: order.panel(index))
    index &+= 1
  }
  if !order.isBackward { stepLast(F.self, W.self, panels, order) }
}

/// The activations of each group interleaved with the sums of the next.
@inlinable @inline(never)
func stepInterleavedFours<F: FusedMultiplyAdd, W: PanelFormat, Layer: WideLayer>(
  _: F.Type, _: W.Type, _ panels: WidePanels<Layer>, _ order: WideOrder
) {
  if order.isBackward { stepLast(F.self, W.self, panels, order) }
  var panel = order.panel(0)
  var group = panels.sums(F.self, W.self, Layer.FourPanels.self, panel: panel)
  group.addRest(F.self, W.self)
  var index = 1
  while index < order.fours {
    let next = order.panel(index)
    group = stepBeside(F.self, W.self, group, panels, unit: 8 &* panel, panel: next)
    panel = next
    index &+= 1
  }
  let (unit, last) = (8 &* panel, 4 &* order.fours)
  switch order.isBackward ? 0 : order.last {
  case 0:
    var work = NoWork()
    Layer.step(F.self, group.sums.gates, panels.state, unit: unit, beside: &work)
  case 3: stepBoth(F.self, W.self, Layer.ThreePanels.self, group, panels, unit: unit, panel: last)
  case 5: stepBoth(F.self, W.self, Layer.FivePanels.self, group, panels, unit: unit, panel: last)
  default: stepBoth(F.self, W.self, Layer.SixPanels.self, group, panels, unit: unit, panel: last)
  }
}

/// The same in groups of two panels.
@inlinable @inline(never)
func stepInterleavedTwos<F: FusedMultiplyAdd, W: PanelFormat, Layer: WideLayer>(
  _: F.Type, _: W.Type, _ panels: WidePanels<Layer>, pairs: Int, _ order: WideOrder
) {
  let move = order.isBackward ? -2 : 2
  var panel = order.isBackward ? 2 &* (pairs &- 1) : 0
  var group = panels.sums(F.self, W.self, Layer.Pair.self, panel: panel)
  group.addRest(F.self, W.self)
  var left = pairs &- 1
  while left > 0 {
    group = stepBeside(F.self, W.self, group, panels, unit: 8 &* panel, panel: panel &+ move)
    panel &+= move
    left &-= 1
  }
  var work = NoWork()
  Layer.step(F.self, group.sums.gates, panels.state, unit: 8 &* panel, beside: &work)
}

/// The activations of a group, interleaved with the sums of the next, which it returns complete.
@inlinable @inline(__always)
func stepBeside<
  F: FusedMultiplyAdd, W: PanelFormat, Layer: WideLayer, Sums: WideSums, Next: WideSums
>(
  _: F.Type, _: W.Type, _ group: WideGroup<Sums>, _ panels: WidePanels<Layer>, unit: Int,
  panel: Int
) -> WideGroup<Next> {
  var work = NextSums<F, W, TwoInputs, WideGroup<Next>>(
    panels.sums(F.self, W.self, Next.self, panel: panel))
  Layer.step(F.self, group.sums.gates, panels.state, unit: unit, beside: &work)
  var next = work.sums
  next.addRest(F.self, W.self)
  return next
}

/// The activations of a group, and the last group.
@inlinable @inline(__always)
func stepBoth<
  F: FusedMultiplyAdd, W: PanelFormat, Layer: WideLayer, Sums: WideSums, Next: WideSums
>(
  _: F.Type, _: W.Type, _: Next.Type, _ group: WideGroup<Sums>, _ panels: WidePanels<Layer>,
  unit: Int, panel: Int
) {
  let next: WideGroup<Next> = stepBeside(
    F.self, W.self, group, panels, unit: unit, panel: panel)
  var work = NoWork()
  Layer.step(F.self, next.sums.gates, panels.state, unit: 8 &* panel, beside: &work)
}
