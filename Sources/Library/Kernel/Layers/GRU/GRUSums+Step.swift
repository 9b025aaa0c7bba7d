// SPDX-License-Identifier: MIT

extension GRUSums {
  @inlinable @inline(__always)
  func step<F: FusedMultiplyAdd>(_: F.Type, _ state: GRUState, unit: Int) {
    if F.sharesCode { return stepShared(F.self, state, unit: unit) }
    stepInlined(F.self, state, unit: unit)
  }

  @inlinable @inline(never)
  func stepShared<F: FusedMultiplyAdd>(_: F.Type, _ state: GRUState, unit: Int) {
    stepInlined(F.self, state, unit: unit)
  }

  @inlinable @inline(__always)
  func stepInlined<F: FusedMultiplyAdd>(_: F.Type, _ state: GRUState, unit: Int) {
    let cell = GRUCell(
      r: LaneSingle(r), z: LaneSingle(z), inputs: LaneSingle(n), hidden: LaneSingle(rest))
    var work = NoWork()
    let new = cell.step(
      F.self, previous: LaneSingle(unsafe load(state.hidden, unit)), beside: &work)
    unsafe store(new.lanes, state.output, unit)
  }

  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ low: GRUSums, _ high: GRUSums, _ state: GRUState, unit: Int
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
    _: F.Type, _ low: GRUSums, _ high: GRUSums, _ last: GRUSums, _ state: GRUState, unit: Int
  ) {
    var work = NoWork()
    let previous = unsafe LaneTriple(
      load(state.hidden, unit), load(state.hidden, unit &+ 8), load(state.hidden, unit &+ 16))
    let new = cells(Triple(low, high, last)).step(F.self, previous: previous, beside: &work)
    unsafe store(new.first.lanes, state.output, unit)
    unsafe store(new.second.lanes, state.output, unit &+ 8)
    unsafe store(new.third.lanes, state.output, unit &+ 16)
  }

  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, _ low: GRUSums, _ high: GRUSums, _ state: GRUState, unit: Int,
    beside work: inout C
  ) {
    let cell = GRUCell(
      r: LanePair(low.r, high.r), z: LanePair(low.z, high.z),
      inputs: LanePair(low.n, high.n), hidden: LanePair(low.rest, high.rest))
    let previous = unsafe LanePair(load(state.hidden, unit), load(state.hidden, unit &+ 8))
    let new = cell.step(F.self, previous: previous, beside: &work)
    unsafe store(new.first.lanes, state.output, unit)
    unsafe store(new.second.lanes, state.output, unit &+ 8)
  }

  /// Of one panel of three streams, or of three panels of one.
  @inlinable @inline(__always)
  static func cells(_ sums: Triple<GRUSums>) -> GRUCell<LaneTriple> {
    let (a, b, c) = (sums.a, sums.b, sums.c)
    return GRUCell(
      r: LaneTriple(a.r, b.r, c.r), z: LaneTriple(a.z, b.z, c.z),
      inputs: LaneTriple(a.n, b.n, c.n), hidden: LaneTriple(a.rest, b.rest, c.rest))
  }

  /// All types of weights share one copy, as of six streams.
  @inlinable @inline(never)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ cells: GRUCell<LaneTriple>, _ states: Triple<GRUState>, unit: Int
  ) {
    var work = NoWork()
    states.store(cells.step(F.self, previous: states.hidden(unit), beside: &work), unit)
  }

  @inlinable @inline(never)
  static func step<F: FusedMultiplyAdd>(
    _: F.Type, _ first: GRUCell<LaneTriple>, _ firstStates: Triple<GRUState>,
    _ second: GRUCell<LaneTriple>, _ secondStates: Triple<GRUState>, unit: Int
  ) {
    var work = NoWork()
    let firstGates = first.gates(F.self, beside: &work)
    let secondGates = second.gates(F.self, beside: &work)
    firstStates.store(
      firstGates.nextHidden(F.self, previous: firstStates.hidden(unit), beside: &work), unit)
    secondStates.store(
      secondGates.nextHidden(F.self, previous: secondStates.hidden(unit), beside: &work), unit)
  }
}
