// SPDX-License-Identifier: MIT

import CVectors

/// The pairs of panels of a layer. Two at once: their eight chains of sums fill the multiply-add
/// units.
@unsafe @usableFromInline
struct PanelPairs {
  @usableFromInline let layer: UnsafePointer<LSTMRecord>
  @usableFromInline let weights: UnsafeRawPointer
  @usableFromInline let bias: UnsafePointer<Float>
  @usableFromInline let count: Int
  @usableFromInline let columns: Int
  @usableFromInline let isBack: Bool

  @inlinable @inline(__always)
  init<W: PanelFormat>(
    _: W.Type, _ layer: UnsafePointer<LSTMRecord>, model: borrowing ModelImage,
    stream: borrowing StreamBlock
  ) {
    unsafe self.layer = layer
    unsafe weights = model.bytes(at: layer.pointee.weights)
    unsafe bias = model.floats(at: layer.pointee.bias)
    unsafe count = (layer.pointee.hiddenSize &+ 7) &>> 4
    unsafe columns = layer.pointee.inputSize &+ layer.pointee.outputSize
    let isCached = unsafe count &* columns &* 2 &* W.column <= PanelPairs.cached
    unsafe isBack = unsafe isCached && stream.header.pointee.parity != 0
  }

  /// The weights in bytes that may still be in the first caches from the step before. Of more, the
  /// processor's own reading ahead counts for more, which goes forward.
  @inlinable static var cached: Int { @inline(__always) get { 1 << 20 } }

  /// Which pair comes at this turn: every other step goes from the last to the first, since what the
  /// step before read last is then still in the first cache.
  @inlinable @inline(__always)
  func pair(_ turn: Int) -> Int { unsafe isBack ? count &- 1 &- turn : turn }

  /// A pair's sums, the inputs taken in.
  @inlinable @inline(__always)
  func sums<F: FusedMultiplyAdd, W: PanelFormat>(
    _: F.Type, _: W.Type, _ pair: Int, _ state: LayerState
  ) -> PairSums {
    let panels = unsafe Panels(units: layer.pointee.hiddenSize, gates: 4, type: W.type)
    let start = unsafe panels.start(ofPair: pair, columns: columns) &* W.type.size
    var sums = unsafe PairSums(
      bias: bias + 64 &* pair, weight: weights + start, source: state.input)
    unsafe sums.add(F.self, W.self, layer.pointee.inputSize)
    unsafe sums.source = state.hidden
    unsafe sums.count = layer.pointee.outputSize
    return unsafe sums
  }
}

/// The sums of a pair of panels, and what is still to be added to them.
@unsafe @usableFromInline
struct PairSums {
  @usableFromInline var low: PanelSums
  @usableFromInline var high: PanelSums
  @usableFromInline var weight: UnsafeRawPointer
  @usableFromInline var source: UnsafePointer<Float>
  @usableFromInline var count: Int

  @inlinable @inline(__always)
  init(bias: UnsafePointer<Float>, weight: UnsafeRawPointer, source: UnsafePointer<Float>) {
    unsafe low = PanelSums(bias)
    unsafe high = PanelSums(bias + 32)
    unsafe self.weight = weight
    unsafe self.source = source
    unsafe count = 0
  }

  /// Takes `inputs` more in.
  @inlinable @inline(__always)
  mutating func add<F: FusedMultiplyAdd, W: PanelFormat>(_: F.Type, _: W.Type, _ inputs: Int) {
    var k = 0
    while k < inputs {
      // Safe: k stays below the source's size, the weights advance in step with it.
      let x = unsafe Lanes(repeating: source[k])
      unsafe low.add(F.self, W.self, weight, x)
      unsafe high.add(F.self, W.self, weight + W.column, x)
      unsafe weight += 2 &* W.column
      k &+= 1
    }
    unsafe source += inputs
    unsafe count &-= inputs
  }
}

/// Work to do between the operations of activations, which wait for each other.
public protocol Companion {
  mutating func turn()
}

@usableFromInline
struct NoCompanion: Companion {
  @inlinable @inline(__always)
  init() {}

  @inlinable @inline(__always)
  mutating func turn() {}
}

/// How many inputs a turn takes in.
public protocol Pace {
  static var inputs: Int { get }
}

public enum OneInput: Pace {
  @inlinable public static var inputs: Int { @inline(__always) get { 1 } }
}

public enum TwoInputs: Pace {
  @inlinable public static var inputs: Int { @inline(__always) get { 2 } }
}

/// The sums of the next pair.
@unsafe @usableFromInline
struct NextPair<F: FusedMultiplyAdd, W: PanelFormat, P: Pace>: Companion {
  @usableFromInline var sums: PairSums

  /// How many inputs the twenty turns of a step of the gates take in.
  @inlinable static var inputs: Int { @inline(__always) get { 20 &* P.inputs } }

  @inlinable @inline(__always)
  init(_ sums: PairSums) { unsafe self.sums = sums }

  @inlinable @inline(__always)
  mutating func turn() {
    for _ in 0..<P.inputs {
      // Safe: the layer has more inputs than all turns take in.
      let x = unsafe Lanes(repeating: sums.source.pointee)
      unsafe sums.low.add(F.self, W.self, sums.weight, x)
      unsafe sums.high.add(F.self, W.self, sums.weight + W.column, x)
      unsafe sums.low.pin()
      unsafe sums.high.pin()
      unsafe sums.weight += 2 &* W.column
      unsafe sums.source += 1
      unsafe sums.count &-= 1
    }
  }
}

/// All pairs, each one's activations between the sums of the next.
@inlinable @inline(never)
func stepWovenPairs<F: FusedMultiplyAdd, W: PanelFormat, P: Pace>(
  _: F.Type, _: W.Type, _: P.Type, _ pairs: PanelPairs, _ state: LayerState
) {
  var pair = unsafe pairs.pair(0)
  var sums = unsafe pairs.sums(F.self, W.self, pair, state)
  unsafe sums.add(F.self, W.self, sums.count)
  var turn = 1
  while unsafe turn < pairs.count {
    let next = unsafe pairs.pair(turn)
    var companion = unsafe NextPair<F, W, P>(pairs.sums(F.self, W.self, next, state))
    unsafe Gates.step(F.self, sums.low, sums.high, state, unit: 16 &* pair, beside: &companion)
    unsafe sums = unsafe companion.sums
    unsafe sums.add(F.self, W.self, sums.count)
    pair = next
    turn &+= 1
  }
  unsafe Gates.step(F.self, sums.low, sums.high, state, unit: 16 &* pair)
}
