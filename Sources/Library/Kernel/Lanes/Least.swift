// SPDX-License-Identifier: MIT

import CVectors

/// Values of smaller magnitude are flushed to +0, so that no operation of a step meets a subnormal
/// number or makes one: Documentation/Design.md gives the proof.
public enum Least {
  /// A sample, h, the output of a layer that another layer reads; and weights.
  @inlinable public static var value: Float { @inline(__always) get { 0x1p-40 } }
  /// c, and i g, which enters it.
  @inlinable public static var cell: Float { @inline(__always) get { 0x1p-60 } }
  /// Biases, means, and samples before they are normalised.
  @inlinable public static var bias: Float { @inline(__always) get { 0x1p-100 } }
}

extension Float {
  /// The number itself, or 0 when its magnitude is below `least`.
  @inlinable @inline(__always)
  public func flushed(below least: Float) -> Float { magnitude >= least ? self : 0 }
}

/// The values, those of a magnitude below `least` as 0.
@inlinable @inline(__always)
func flushed(_ values: Lanes, _ least: Float) -> Lanes {
  leat_vector_flush(values, leat_vector_magnitude(values), Lanes(repeating: least))
}
