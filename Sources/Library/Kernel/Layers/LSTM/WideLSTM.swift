// SPDX-License-Identifier: MIT

import CVectors

/// An `nn.LSTM` layer.
@usableFromInline
enum WideLSTM: WideLayer {
  @usableFromInline typealias Pair = LSTMPairSums
  @usableFromInline typealias Last = LSTMLastSums

  @inlinable static var gates: Int { @inline(__always) get { 4 } }

  @inlinable @inline(__always)
  static func step<F: FusedMultiplyAdd, Units: WideUnits, C: InterleavedWork>(
    _: F.Type, _ gates: WideGates<Units>, _ state: LSTMState, unit: Int, beside work: inout C
  ) {
    let (cell, hidden) = LSTMCell(gates).step(
      F.self, cell: unsafe Units(state.cell + unit), beside: &work)
    unsafe cell.store(state.cell + unit)
    unsafe hidden.store(state.output + unit)
  }

  // All types of weights share one copy of these.

  @inlinable @inline(never)
  static func step<F: FusedMultiplyAdd, Units: WideUnits>(
    _: F.Type, _ gates: WideGates<Three<Units>>, _ states: Triple<LSTMState>, unit: Int
  ) {
    var work = NoWork()
    let cell = LSTMCell(gates)
    let new = cell.newCell(F.self, cell: states.cell(unit), beside: &work)
    states.store(cell.newState(F.self, cell: new, beside: &work), unit)
  }

  @inlinable @inline(never)
  static func step<F: FusedMultiplyAdd, Units: WideUnits>(
    _: F.Type, _ first: WideGates<Three<Units>>, _ firstStates: Triple<LSTMState>,
    _ second: WideGates<Three<Units>>, _ secondStates: Triple<LSTMState>, unit: Int
  ) {
    var work = NoWork()
    let (a, b) = (LSTMCell(first), LSTMCell(second))
    let firstNew = a.newCell(F.self, cell: firstStates.cell(unit), beside: &work)
    let secondNew = b.newCell(F.self, cell: secondStates.cell(unit), beside: &work)
    firstStates.store(a.newState(F.self, cell: firstNew, beside: &work), unit)
    secondStates.store(b.newState(F.self, cell: secondNew, beside: &work), unit)
  }
}

extension LSTMCell {
  @inlinable @inline(__always)
  init(_ gates: WideGates<V>) { self.init(i: gates.a, f: gates.b, g: gates.c, o: gates.d) }
}

extension Triple where Element == LSTMState {
  @inlinable @inline(__always)
  func cell<Units: WideUnits>(_ unit: Int) -> Three<Units> {
    unsafe Three(a.cell + unit, b.cell + unit, c.cell + unit)
  }

  @inlinable @inline(__always)
  func store<Units: WideUnits>(_ new: (cell: Three<Units>, hidden: Three<Units>), _ unit: Int) {
    unsafe new.cell.store(a.cell + unit, b.cell + unit, c.cell + unit)
    unsafe new.hidden.store(a.output + unit, b.output + unit, c.output + unit)
  }
}
