// SPDX-License-Identifier: MIT

/// The complete sums of a unit: of one panel of one stream, or of two or three beside each other.
@usableFromInline
struct GRUCell<V: LaneGroup> {
  @usableFromInline var r: V
  @usableFromInline var z: V
  /// Of n, over the inputs and over h.
  @usableFromInline var inputs: V
  @usableFromInline var hidden: V

  @inlinable @inline(__always)
  init(r: V, z: V, inputs: V, hidden: V) {
    self.r = r
    self.z = z
    self.inputs = inputs
    self.hidden = hidden
  }

  /// The new h, while the sums are still in registers.
  @inlinable @inline(__always)
  func step<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, previous: V, beside work: inout C
  ) -> V {
    gates(F.self, beside: &work).nextHidden(F.self, previous: previous, beside: &work)
  }

  /// σ of r and z, with d(x) = 1 + e^-x. σ(r) times the sum over h is that sum over d(r).
  @inlinable @inline(__always)
  func gates<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, beside work: inout C
  ) -> GRUGates<V> {
    let k = DecayCoefficients<Two<V>>.sigmoid
    let sums = Two(r, z).sigmoidArgument
    let reduced = Reduction(F.self, of: sums, passed: sums, k, beside: &work).exact(F.self)
    work.advance()
    let decay = Decay(F.self, reduced, k, beside: &work)
    let denominators = decay.onePlus(F.self)
    work.advance()
    let product =
      hidden.flushed(where: hidden.magnitude, isBelow: Least.cell) / denominators.first
    return GRUGates(
      candidate: inputs + product.flushed(where: product.magnitude, isBelow: Least.cell),
      update: V(repeating: 1) / denominators.second, denominator: denominators.second,
      decay: Decay(scale: decay.scale.second, tail: decay.tail.second).value(F.self))
  }
}

/// What the new h is computed from.
@usableFromInline
struct GRUGates<V: LaneGroup> {
  /// The sum whose tanh is n.
  @usableFromInline let candidate: V
  /// σ(z), exactly 1 for large z; 1 + e^-z; and e^-z.
  @usableFromInline let update: V
  @usableFromInline let denominator: V
  @usableFromInline let decay: V

  @inlinable @inline(__always)
  init(candidate: V, update: V, denominator: V, decay: V) {
    self.candidate = candidate
    self.update = update
    self.denominator = denominator
    self.decay = decay
  }

  /// σ(z) h + (1 - σ(z)) tanh(candidate), flushed to zero. To save a division, the second product is
  /// one fraction: e^-z (1 - e^-2|candidate|) over (1 + e^-z) (1 + e^-2|candidate|).
  @inlinable @inline(__always)
  func nextHidden<F: FusedMultiplyAdd, C: InterleavedWork>(
    _: F.Type, previous: V, beside work: inout C
  ) -> V {
    let k = DecayCoefficients<V>.tanh
    let half = candidate.tanhArgument
    let reduced = Reduction(F.self, of: half + half, passed: half, k, beside: &work)
    let tanh = Decay(F.self, reduced, k, beside: &work)
    let numerator = decay * tanh.oneMinus(F.self)
    work.advance()
    let magnitude = numerator / (denominator * tanh.onePlus(F.self))
    work.advance()
    let addend = magnitude.copyingSign(of: candidate)
      .flushed(where: magnitude, isBelow: Least.cell)
    let new = V.fma(F.self, update, previous, addend)
    return new.flushed(where: new.magnitude, isBelow: Least.value)
  }
}
