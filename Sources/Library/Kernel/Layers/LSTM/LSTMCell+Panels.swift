// SPDX-License-Identifier: MIT

extension LSTMCell where V == LaneSingle {
  @inlinable @inline(__always)
  init(i: Lanes, f: Lanes, g: Lanes, o: Lanes) {
    self.init(i: LaneSingle(i), f: LaneSingle(f), g: LaneSingle(g), o: LaneSingle(o))
  }

  /// Of one panel of one stream, from `unit` on.
  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: PanelSums, _ state: LSTMState, unit: Int
  ) {
    if F.sharesCode { return stepShared(F.self, sums, state, unit: unit) }
    stepInlined(F.self, sums, state, unit: unit)
  }

  @inlinable @inline(never)
  static func stepShared<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: PanelSums, _ state: LSTMState, unit: Int
  ) {
    stepInlined(F.self, sums, state, unit: unit)
  }

  @inlinable @inline(__always)
  static func stepInlined<F: FusedMultiplyAdd>(
    _: F.Type, _ sums: PanelSums, _ state: LSTMState, unit: Int
  ) {
    let gates = LSTMCell(i: sums.i, f: sums.f, g: sums.g, o: sums.o)
    var work = NoWork()
    let (cell, hidden) = gates.step(
      F.self, cell: LaneSingle(unsafe load(state.cell, unit)), beside: &work)
    unsafe store(cell.lanes, state.cell, unit)
    unsafe store(hidden.lanes, state.output, unit)
  }
}

extension LSTMCell where V == LanePair {
  /// Of two panels of one stream, from `unit` on.
  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ low: PanelSums, _ high: PanelSums, _ state: LSTMState, unit: Int
  ) {
    if F.sharesCode {
      LSTMCell<LaneSingle>.step(F.self, low, state, unit: unit)
      LSTMCell<LaneSingle>.step(F.self, high, state, unit: unit &+ 8)
      return
    }
    var work = NoWork()
    step(F.self, low, high, state, unit: unit, beside: &work)
  }

  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, _ low: PanelSums, _ high: PanelSums, _ state: LSTMState, unit: Int,
    beside work: inout C
  ) {
    let gates = LSTMCell(
      i: LanePair(low.i, high.i), f: LanePair(low.f, high.f), g: LanePair(low.g, high.g),
      o: LanePair(low.o, high.o))
    let (cell, hidden) = gates.step(
      F.self, cell: unsafe LanePair(load(state.cell, unit), load(state.cell, unit &+ 8)),
      beside: &work)
    unsafe store(cell.first.lanes, state.cell, unit)
    unsafe store(cell.second.lanes, state.cell, unit &+ 8)
    unsafe store(hidden.first.lanes, state.output, unit)
    unsafe store(hidden.second.lanes, state.output, unit &+ 8)
  }
}

extension LSTMCell where V == LaneTriple {
  /// Of one panel of three streams.
  @inlinable @inline(__always)
  init(_ a: PanelSums, _ b: PanelSums, _ c: PanelSums) {
    self.init(
      i: LaneTriple(a.i, b.i, c.i), f: LaneTriple(a.f, b.f, c.f), g: LaneTriple(a.g, b.g, c.g),
      o: LaneTriple(a.o, b.o, c.o))
  }

  @inlinable @inline(__always)
  func step<F: FusedMultiplyAdd>(_: F.Type, _ states: Triple<LSTMState>, unit: Int) {
    var work = NoWork()
    let new = newCell(F.self, cell: states.cells(unit), beside: &work)
    states.store(newState(F.self, cell: new, beside: &work), unit)
  }

  /// One panel of six streams: the chains of one triple hide the waiting of the other's. All types
  /// of weights share one copy.
  @inlinable @inline(never)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ first: LSTMCell, _ firstStates: Triple<LSTMState>, _ second: LSTMCell,
    _ secondStates: Triple<LSTMState>, unit: Int
  ) {
    var work = NoWork()
    let firstNew = first.newCell(
      F.self, cell: firstStates.cells(unit), beside: &work)
    let secondNew = second.newCell(
      F.self, cell: secondStates.cells(unit), beside: &work)
    firstStates.store(first.newState(F.self, cell: firstNew, beside: &work), unit)
    secondStates.store(second.newState(F.self, cell: secondNew, beside: &work), unit)
  }
}
