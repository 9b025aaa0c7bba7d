// SPDX-License-Identifier: MIT

extension LSTMSums {
  @inlinable @inline(__always)
  func step<F: FusedMultiplyAdd>(_: F.Type, _ state: LSTMState, unit: Int) {
    if F.sharesCode { return stepShared(F.self, state, unit: unit) }
    stepInlined(F.self, state, unit: unit)
  }

  @inlinable @inline(never)
  func stepShared<F: FusedMultiplyAdd>(_: F.Type, _ state: LSTMState, unit: Int) {
    stepInlined(F.self, state, unit: unit)
  }

  @inlinable @inline(__always)
  func stepInlined<F: FusedMultiplyAdd>(_: F.Type, _ state: LSTMState, unit: Int) {
    let gates = LSTMCell(
      i: LaneSingle(i), f: LaneSingle(f), g: LaneSingle(g), o: LaneSingle(o))
    var work = NoWork()
    let (cell, hidden) = gates.step(
      F.self, cell: LaneSingle(unsafe load(state.cell, unit)), beside: &work)
    unsafe store(cell.lanes, state.cell, unit)
    unsafe store(hidden.lanes, state.output, unit)
  }

  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ low: LSTMSums, _ high: LSTMSums, _ state: LSTMState, unit: Int
  ) {
    if F.sharesCode {
      low.step(F.self, state, unit: unit)
      high.step(F.self, state, unit: unit &+ 8)
      return
    }
    var work = NoWork()
    step(F.self, low, high, state, unit: unit, beside: &work)
  }

  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ low: LSTMSums, _ high: LSTMSums, _ last: LSTMSums, _ state: LSTMState, unit: Int
  ) {
    step(F.self, low, high, state, unit: unit)
    last.step(F.self, state, unit: unit &+ 16)
  }

  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, _ low: LSTMSums, _ high: LSTMSums, _ state: LSTMState, unit: Int,
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

  @inlinable @inline(__always)
  static func cells(_ sums: Triple<LSTMSums>) -> LSTMCell<LaneTriple> {
    let (a, b, c) = (sums.a, sums.b, sums.c)
    return LSTMCell(
      i: LaneTriple(a.i, b.i, c.i), f: LaneTriple(a.f, b.f, c.f), g: LaneTriple(a.g, b.g, c.g),
      o: LaneTriple(a.o, b.o, c.o))
  }

  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ cells: LSTMCell<LaneTriple>, _ states: Triple<LSTMState>, unit: Int
  ) {
    var work = NoWork()
    let new = cells.newCell(F.self, cell: states.cells(unit), beside: &work)
    states.store(cells.newState(F.self, cell: new, beside: &work), unit)
  }

  /// All types of weights share one copy.
  @inlinable @inline(never)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ first: LSTMCell<LaneTriple>, _ firstStates: Triple<LSTMState>,
    _ second: LSTMCell<LaneTriple>, _ secondStates: Triple<LSTMState>, unit: Int
  ) {
    var work = NoWork()
    let firstNew = first.newCell(F.self, cell: firstStates.cells(unit), beside: &work)
    let secondNew = second.newCell(F.self, cell: secondStates.cells(unit), beside: &work)
    firstStates.store(first.newState(F.self, cell: firstNew, beside: &work), unit)
    secondStates.store(second.newState(F.self, cell: secondNew, beside: &work), unit)
  }
}
