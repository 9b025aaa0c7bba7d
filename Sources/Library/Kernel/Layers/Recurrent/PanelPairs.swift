// SPDX-License-Identifier: MIT

import CVectors

/// The pairs of panels of a layer. Where an odd last panel is computed with the pair before it, this
/// pair isn't one of them.
@safe @usableFromInline
struct PanelPairs<Sums: PanelSums> {
  @usableFromInline let layer: RecordHandle<Sums.State.Record>
  @usableFromInline let weights: UnsafeRawPointer
  @usableFromInline let bias: UnsafePointer<Float>
  @usableFromInline let count: Int
  @usableFromInline let columns: Int
  @usableFromInline let isBackward: Bool
  @usableFromInline let hasThree: Bool

  @inlinable @inline(__always)
  init<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ layer: RecordHandle<Sums.State.Record>, model: borrowing ModelHandle,
    stream: borrowing StreamHandle
  ) {
    self.layer = layer
    unsafe weights = model.bytes(at: layer.value.weights)
    unsafe bias = model.floats(at: layer.value.bias)
    let all = (layer.value.hiddenSize &+ 7) &>> 4
    hasThree =
      Sums.takesThree && W.isInterleaved && !F.sharesCode && all > 0
      && (layer.value.hiddenSize &+ 7) & 8 != 0
    count = hasThree ? all &- 1 : all
    columns = layer.value.inputSize &+ layer.value.outputSize
    let isCached = all &* columns &* W.pairColumn(gates: Sums.gates) <= PanelPairs.cached
    isBackward = isCached && stream.header.parity != 0
  }

  /// With the last three panels.
  @inlinable var groups: Int { @inline(__always) get { hasThree ? count &+ 1 : count } }

  /// The most bytes of weights that may still be in the first caches after a step. For more,
  /// reading forward is faster, since the processor's prefetcher helps.
  @inlinable static var cached: Int { @inline(__always) get { 1 << 20 } }

  /// The pair that is computed after `index` others. Every second step goes from the last pair to
  /// the first, since the weights that the step before read last are still in the first cache.
  @inlinable @inline(__always)
  func pair(_ index: Int) -> Int { isBackward ? count &- 1 &- index : index }

  /// The sums of a pair over the input; the previous h remains to be added.
  @inlinable @inline(__always)
  func sums<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ pair: Int, _ state: Sums.State
  ) -> PairSums<Sums> {
    let panels = Panels(units: layer.value.hiddenSize, gates: Sums.gates, type: W.type)
    let start = panels.start(ofPair: pair, columns: columns) &* W.type.size
    var sums = unsafe PairSums<Sums>(
      bias: bias + 64 &* pair, weight: weights + start, source: state.input)
    sums.addInputs(F.self, W.self, layer.value.inputSize)
    sums.low.endVector()
    sums.high.endVector()
    unsafe sums.source = state.hidden
    sums.count = layer.value.outputSize
    return sums
  }

  /// The sums of the last three panels, in the same way.
  @inlinable @inline(__always)
  func three<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ state: Sums.State
  ) -> ThreeSums<Sums> {
    let panels = Panels(units: layer.value.hiddenSize, gates: Sums.gates, type: W.type)
    let start = panels.start(ofPair: count, columns: columns) &* W.type.size
    let next = panels.start(ofPair: count &+ 1, columns: columns) &* W.type.size
    var sums = unsafe ThreeSums<Sums>(
      pair: PairSums(bias: bias + 64 &* count, weight: weights + start, source: state.input),
      last: Sums(bias + 64 &* (count &+ 1)), lastWeight: weights + next)
    sums.addInputs(F.self, W.self, layer.value.inputSize)
    sums.endVector()
    unsafe sums.pair.source = state.hidden
    sums.pair.count = layer.value.outputSize
    return sums
  }
}

/// The sums of a pair of panels, and the inputs that remain to be added to them.
@safe @usableFromInline
struct PairSums<Sums: PanelSums> {
  @usableFromInline var low: Sums
  @usableFromInline var high: Sums
  @usableFromInline var weight: UnsafeRawPointer
  @usableFromInline var source: UnsafePointer<Float>
  @usableFromInline var count: Int

  @inlinable @inline(__always)
  init(bias: UnsafePointer<Float>, weight: UnsafeRawPointer, source: UnsafePointer<Float>) {
    unsafe low = Sums(bias)
    unsafe high = Sums(bias + 32)
    unsafe self.weight = weight
    unsafe self.source = source
    count = 0
  }

  /// Adds the products of the next `inputs` inputs.
  @inlinable @inline(__always)
  mutating func addInputs<F: FusedMultiplyAdd, W: PanelFormat>(_: F.Type, _: W.Type, _ inputs: Int)
  {
    var k = 0
    while k < inputs {
      // Safe: k stays below the source's size, the weights advance in step with it.
      let x = unsafe Lanes(repeating: source[k])
      unsafe Sums.addColumn(F.self, W.self, &low, &high, weight, x)
      unsafe weight += W.pairColumn(gates: Sums.gates)
      k &+= 1
    }
    unsafe source += inputs
    count &-= inputs
  }

  /// Adds the products of all that remain.
  @inlinable @inline(__always)
  mutating func addRest<F: FusedMultiplyAdd, W: PanelFormat>(_: F.Type, _: W.Type) {
    addInputs(F.self, W.self, count)
    low.endVector()
    high.endVector()
  }
}

extension PairSums: GroupSums {
  @inlinable @inline(__always)
  mutating func addNext<F: FusedMultiplyAdd, W: PanelFormat>(_: F.Type, _: W.Type) {
    // Safe: inputs remain.
    let x = unsafe Lanes(repeating: source.pointee)
    unsafe Sums.addColumn(F.self, W.self, &low, &high, weight, x)
    low.fixOrder()
    high.fixOrder()
    unsafe weight += W.pairColumn(gates: Sums.gates)
    unsafe source += 1
    count &-= 1
  }
}
