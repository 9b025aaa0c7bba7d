// SPDX-License-Identifier: MIT

/// An `nn.GRU` layer.
@usableFromInline
enum WideGRU: WideLayer {
  @usableFromInline typealias Pair = GRUPairSums
  @usableFromInline typealias Last = GRULastSums

  @inlinable static var gates: Int { @inline(__always) get { 3 } }

  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd, Units: WideUnits, C: InterleavedWork>(
    _: F.Type, _ gates: WideGates<Units>, _ state: GRUState, unit: Int, beside work: inout C
  ) {
    let new = GRUCell(gates).step(
      F.self, previous: unsafe Units(state.hidden + unit), beside: &work)
    unsafe new.store(state.output + unit)
  }

  // All types of weights share one copy of these.

  @inlinable @inline(never)
  static func step<F: FusedMultiplyAdd, Units: WideUnits>(
    _: F.Type, _ gates: WideGates<Three<Units>>, _ states: Triple<GRUState>, unit: Int
  ) {
    var work = NoWork()
    states.store(
      GRUCell(gates).step(F.self, previous: states.previous(unit), beside: &work), unit)
  }

  @inlinable @inline(never)
  static func step<F: FusedMultiplyAdd, Units: WideUnits>(
    _: F.Type, _ first: WideGates<Three<Units>>, _ firstStates: Triple<GRUState>,
    _ second: WideGates<Three<Units>>, _ secondStates: Triple<GRUState>, unit: Int
  ) {
    var work = NoWork()
    let firstGates = GRUCell(first).gates(F.self, beside: &work)
    let secondGates = GRUCell(second).gates(F.self, beside: &work)
    firstStates.store(
      firstGates.nextHidden(F.self, previous: firstStates.previous(unit), beside: &work), unit)
    secondStates.store(
      secondGates.nextHidden(F.self, previous: secondStates.previous(unit), beside: &work), unit)
  }
}

extension GRUCell {
  @inlinable @inline(__always)
  init(_ gates: WideGates<V>) {
    self.init(r: gates.a, z: gates.b, inputs: gates.c, hidden: gates.d)
  }
}

extension Triple where Element == GRUState {
  @inlinable @inline(__always)
  func previous<Units: WideUnits>(_ unit: Int) -> Three<Units> {
    unsafe Three(a.hidden + unit, b.hidden + unit, c.hidden + unit)
  }

  @inlinable @inline(__always)
  func store<Units: WideUnits>(_ new: Three<Units>, _ unit: Int) {
    unsafe new.store(a.output + unit, b.output + unit, c.output + unit)
  }
}
