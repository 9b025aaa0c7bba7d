// SPDX-License-Identifier: MIT

/// A kind of layer whose units have several gates, in vectors of sixteen.
@usableFromInline
protocol WideLayer {
  associatedtype State: RecurrentState
  /// The sums of two panels, and of an odd last one.
  associatedtype Pair: PanelWideSums
  associatedtype Last: PanelWideSums
  static var gates: Int { get }

  /// The new state of the units from `unit` on, interleaved with `work`.
  static func step<F: FusedMultiplyAdd, Units: WideUnits, C: InterleavedWork>(
    _: F.Type, _ gates: WideGates<Units>, _ state: State, unit: Int, beside work: inout C)

  /// Of three streams.
  static func step<F: FusedMultiplyAdd, Units: WideUnits>(
    _: F.Type, _ gates: WideGates<Three<Units>>, _ states: Triple<State>, unit: Int)

  /// Of six streams: the chains of three hide the waiting of the others'.
  static func step<F: FusedMultiplyAdd, Units: WideUnits>(
    _: F.Type, _ first: WideGates<Three<Units>>, _ firstStates: Triple<State>,
    _ second: WideGates<Three<Units>>, _ secondStates: Triple<State>, unit: Int)
}

extension WideLayer {
  // Groups of panels that are computed at once.
  @usableFromInline typealias ThreePanels = BothSums<Pair, Last>
  @usableFromInline typealias FourPanels = BothSums<Pair, Pair>
  @usableFromInline typealias FivePanels = BothSums<FourPanels, Last>
  @usableFromInline typealias SixPanels = BothSums<FourPanels, Pair>
}

/// The panels of a layer, and a stream's state.
@safe @usableFromInline
struct WidePanels<Layer: WideLayer> {
  @usableFromInline let layer: RecordHandle<Layer.State.Record>
  @usableFromInline let state: Layer.State
  @usableFromInline let weights: UnsafeRawPointer
  @usableFromInline let bias: UnsafePointer<Float>
  @usableFromInline let columns: Int

  @inlinable @inline(__always)
  init(
    _: Layer.Type, _ layer: RecordHandle<Layer.State.Record>, _ state: Layer.State,
    model: borrowing ModelHandle
  ) {
    self.layer = layer
    self.state = state
    unsafe weights = model.bytes(at: layer.value.weights)
    unsafe bias = model.floats(at: layer.value.bias)
    columns = layer.value.inputSize &+ layer.value.outputSize
  }

  /// The sums from panel `panel` on, which begins a pair or is the last, over the input; the
  /// previous h remains to be added.
  @inlinable @inline(__always)
  func sums<F: FusedMultiplyAdd, W: PanelFormat, Sums: WideSums>(
    _: F.Type, _: W.Type, _: Sums.Type, panel: Int
  ) -> WideGroup<Sums> {
    let panels = Panels(units: layer.value.hiddenSize, gates: Layer.gates, type: W.type)
    let start = panels.start(ofPair: panel &>> 1, columns: columns) &* W.type.size
    var group = unsafe WideGroup(
      sums: Sums(bias + 32 &* panel),
      weights: Sums.weights(W.self, weights + start, columns: columns), source: state.input,
      count: layer.value.inputSize)
    group.addRest(F.self, W.self)
    unsafe group.source = state.hidden
    group.count = layer.value.outputSize
    return group
  }
}

/// The sums of panels that are computed at once, and the inputs that remain to be added to them.
@safe @usableFromInline
struct WideGroup<Sums: WideSums>: GroupSums {
  @usableFromInline var sums: Sums
  @usableFromInline var weights: Sums.Weights
  @usableFromInline var source: UnsafePointer<Float>
  @usableFromInline var count: Int

  @inlinable @inline(__always)
  init(sums: Sums, weights: Sums.Weights, source: UnsafePointer<Float>, count: Int) {
    self.sums = sums
    self.weights = weights
    unsafe self.source = source
    self.count = count
  }

  @inlinable @inline(__always)
  mutating func addNext<F: FusedMultiplyAdd, W: PanelFormat>(_: F.Type, _: W.Type) {
    // Safe: inputs remain.
    sums.addColumn(F.self, W.self, weights, WideLanes(repeating: unsafe source.pointee))
    sums.fixOrder()
    Sums.moveToNextColumn(W.self, &weights)
    unsafe source += 1
    count &-= 1
  }

  /// Adds the products of all that remain.
  @inlinable @inline(__always)
  mutating func addRest<F: FusedMultiplyAdd, W: PanelFormat>(_: F.Type, _: W.Type) {
    var k = 0
    while k < count {
      // Safe: k stays below the source's size, the weights advance in step with it.
      sums.addColumn(F.self, W.self, weights, WideLanes(repeating: unsafe source[k]))
      Sums.moveToNextColumn(W.self, &weights)
      k &+= 1
    }
    sums.endVector()
  }
}
