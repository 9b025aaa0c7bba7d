// SPDX-License-Identifier: MIT

/// The sums of a pair of panels and of the odd last panel after it, and the inputs that remain to be
/// added to them.
@safe @usableFromInline
struct ThreeSums<Sums: PanelSums>: GroupSums {
  @usableFromInline var pair: PairSums<Sums>
  @usableFromInline var last: Sums
  @usableFromInline var lastWeight: UnsafeRawPointer

  @inlinable @inline(__always)
  init(pair: PairSums<Sums>, last: Sums, lastWeight: UnsafeRawPointer) {
    self.pair = pair
    self.last = last
    unsafe self.lastWeight = lastWeight
  }

  /// Adds the products of the next `inputs` inputs.
  @inlinable @inline(__always)
  mutating func addInputs<F: FusedMultiplyAdd, W: PanelFormat>(_: F.Type, _: W.Type, _ inputs: Int)
  {
    var k = 0
    while k < inputs {
      // Safe: k stays below the source's size, the weights advance in step with it.
      let x = unsafe Lanes(repeating: pair.source[k])
      unsafe Sums.addColumn(F.self, W.self, &pair.low, &pair.high, pair.weight, x)
      unsafe last.addColumn(F.self, W.self, lastWeight, x)
      unsafe pair.weight += W.pairColumn(gates: Sums.gates)
      unsafe lastWeight += W.lastColumn(gates: Sums.gates)
      k &+= 1
    }
    unsafe pair.source += inputs
    pair.count &-= inputs
  }

  /// Adds the products of all that remain.
  @inlinable @inline(__always)
  mutating func addRest<F: FusedMultiplyAdd, W: PanelFormat>(_: F.Type, _: W.Type) {
    addInputs(F.self, W.self, pair.count)
    endVector()
  }

  @inlinable @inline(__always)
  mutating func endVector() {
    pair.low.endVector()
    pair.high.endVector()
    last.endVector()
  }

  @inlinable @inline(__always)
  mutating func addNext<F: FusedMultiplyAdd, W: PanelFormat>(_: F.Type, _: W.Type) {
    // Safe: inputs remain.
    unsafe last.addColumn(F.self, W.self, lastWeight, Lanes(repeating: pair.source.pointee))
    last.fixOrder()
    unsafe lastWeight += W.lastColumn(gates: Sums.gates)
    pair.addNext(F.self, W.self)
  }
}
