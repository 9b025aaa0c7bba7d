// SPDX-License-Identifier: MIT
//
// The operations of an activation form a long chain, each waiting for the one before. In the
// meantime the processor can add to the sums of the next pair of panels. Compilers don't interleave
// the two so far, and the processor can't look so far ahead: so it is done here, operation by
// operation.

import CVectors

/// How many inputs are added between two operations.
public protocol InterleavedInputs {
  static var inputs: Int { get }
}

public enum OneInput: InterleavedInputs {
  @inlinable public static var inputs: Int { @inline(__always) get { 1 } }
}

public enum TwoInputs: InterleavedInputs {
  @inlinable public static var inputs: Int { @inline(__always) get { 2 } }
}

/// The sums of panels that are computed together.
@usableFromInline
protocol GroupSums {
  /// Adds the products of the next input, before the operations that follow.
  mutating func addNext<F: FusedMultiplyAdd, W: PanelFormat>(_: F.Type, _: W.Type)
}

/// The sums of the next panels, which grow beside the activations of a pair.
@safe @usableFromInline
struct NextSums<
  F: FusedMultiplyAdd, W: PanelFormat, N: InterleavedInputs, Group: GroupSums
>: InterleavedWork {
  @usableFromInline var sums: Group

  /// How many inputs are added during a step of the gates, which advances twenty times.
  @inlinable static var inputs: Int { @inline(__always) get { 20 &* N.inputs } }

  @inlinable @inline(__always)
  init(_ sums: Group) { self.sums = sums }

  // Safe: the layer has at least `inputs` inputs.
  @inlinable @inline(__always)
  mutating func advance() {
    for _ in 0..<N.inputs { sums.addNext(F.self, W.self) }
  }
}

/// All pairs, the activations of each interleaved with the sums of the next.
@inlinable @inline(never)
func stepInterleavedPairs<
  F: FusedMultiplyAdd, W: PanelFormat, N: InterleavedInputs, Sums: PanelSums
>(
  _: F.Type, _: W.Type, _: N.Type, _ pairs: PanelPairs<Sums>, _ state: Sums.State
) {
  var pair = pairs.pair(0)
  var sums = pairs.sums(F.self, W.self, pair, state)
  sums.addRest(F.self, W.self)
  var index = 1
  while index < pairs.count {
    let next = pairs.pair(index)
    var work = NextSums<F, W, N, PairSums<Sums>>(pairs.sums(F.self, W.self, next, state))
    Sums.step(F.self, sums.low, sums.high, state, unit: 16 &* pair, beside: &work)
    sums = work.sums
    sums.addRest(F.self, W.self)
    pair = next
    index &+= 1
  }
  guard Sums.takesThree, pairs.hasThree else {
    return Sums.step(F.self, sums.low, sums.high, state, unit: 16 &* pair)
  }
  var work = NextSums<F, W, N, ThreeSums<Sums>>(pairs.three(F.self, W.self, state))
  Sums.step(F.self, sums.low, sums.high, state, unit: 16 &* pair, beside: &work)
  stepThree(F.self, W.self, work.sums, state, unit: 16 &* pairs.count)
}
