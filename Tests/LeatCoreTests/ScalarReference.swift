// SPDX-License-Identifier: MIT

/// Documentation/Formats.md's arithmetic, one float after the other: what any kernel must give, to
/// the bit. It shares nothing with the library.
enum ScalarReference {
  static func fma(_ a: Float, _ b: Float, _ c: Float) -> Float { c.addingProduct(a, b) }

  /// What counts as +0 where it is read.
  static func flushed(_ value: Float, _ least: Float = 0x1p-40) -> Float {
    value.magnitude >= least ? value : 0
  }

  /// s and q of e^-y = s (1 - q), from y / -ln 2 before it is rounded, ln 2 in parts, and what is added
  /// to r².
  private static func decay(
    _ y: Float, _ binary: Float, _ ln2: [Float], _ addend: Float, _ c: [Float]
  ) -> (s: Float, q: Float) {
    let n = binary - 0x1.8000fep23
    var r = y
    for part in ln2 { r = fma(n, part, r) }
    let square = fma(r, r, addend)
    let a = fma(c[1], r, c[0])
    let b = fma(c[4], square, fma(c[3], r, c[2]))
    return (
      Float(sign: .plus, exponent: Int(n), significand: 1), fma(fma(b, square, a), square, r)
    )
  }

  /// D(x) = 1 + e^-x
  static func denominator(_ x: Float) -> Float {
    let y = min(max(x, -41.5), 41.5)
    let (s, q) = decay(
      y, fma(y, -0x1.715476p0, 0x1.8000fep23), [0x1.62e4p-1, 0x1.7f7d1cp-20], 0x1.eb851ep-25,
      [-0x1p-1, 0x1.5555b2p-3, -0x1.555a18p-5, 0x1.11b49ep-7, -0x1.682402p-10])
    return fma(-s, q, 1 + s)
  }

  /// N(x) and M(x): 1 - e^-2|x| and 1 + e^-2|x|
  static func tangent(_ x: Float) -> (numerator: Float, denominator: Float) {
    let a = min(x.magnitude, 20.75)
    let (s, q) = decay(
      a + a, fma(a, -0x1.715476p1, 0x1.8000fep23), [0x1.62e43p-1], -0x1p-64,
      [-0x1.fffff6p-2, 0x1.55549p-3, -0x1.555d1ap-5, 0x1.123c82p-7, -0x1.679582p-10])
    return (fma(s, q, 1 - s), fma(-s, q, 1 + s))
  }

  static func sigmoid(_ x: Float) -> Float { 1 / denominator(x) }

  static func tanh(_ x: Float) -> Float {
    let (n, m) = tangent(x)
    return x.magnitude < 0x1p-40 ? x : Float(signOf: x, magnitudeOf: n / m)
  }

  /// A vector as integers and what one of them is worth.
  static func rounded(_ vector: [Float]) -> (integers: [Int], scale: Float) {
    let levels = Float(min(32767, 2_147_483_647 / (128 * vector.count)))
    let largest = vector.map(\.magnitude).max()!
    if largest == 0 { return (vector.map { _ in 0 }, 0) }
    let factor = levels / largest
    return (vector.map { Int(($0 * factor).rounded(.toNearestOrEven)) }, largest / levels)
  }

  struct Matrix {
    let rows: Int
    let columns: Int
    /// Of integers their values; `scales` says that they are.
    let values: [Float]
    let scales: [Float]?

    func row(_ index: Int) -> ArraySlice<Float> {
      values[index * columns..<(index + 1) * columns]
    }

    /// A projection, or a linear layer without its bias.
    func multiplied(by vector: [Float]) -> [Float] {
      (0..<rows).map { index in
        let filler = [Float](repeating: 0, count: (8 - columns % 8) % 8)
        var s = [Float](repeating: 0, count: 8)
        for (k, (w, x)) in zip(row(index) + filler, vector + filler).enumerated() {
          s[k % 8] = fma(scales == nil ? flushed(w) : w, x, s[k % 8])
        }
        let sum = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
        guard let scales else { return sum }
        return sum * flushed(scales[index])
      }
    }
  }

  struct Layer {
    let inputWeight: Matrix
    let hiddenWeight: Matrix
    let bias: (input: [Float], hidden: [Float])?
    let projection: Matrix?
    var h: [Float]
    var c: [Float]

    init(
      inputWeight: Matrix, hiddenWeight: Matrix, bias: (input: [Float], hidden: [Float])?,
      projection: Matrix?
    ) {
      self.inputWeight = inputWeight
      self.hiddenWeight = hiddenWeight
      self.bias = bias
      self.projection = projection
      h = [Float](repeating: 0, count: hiddenWeight.columns)
      c = [Float](repeating: 0, count: hiddenWeight.rows / 4)
    }

    private func sums(_ input: [Float]) -> [Float] {
      var z = (0..<inputWeight.rows).map { row in
        bias.map { flushed($0.input[row], 0x1p-100) + flushed($0.hidden[row], 0x1p-100) } ?? 0
      }
      for (weight, vector) in [(inputWeight, input.map { flushed($0) }), (hiddenWeight, h)] {
        if let scales = weight.scales {
          let (integers, scale) = rounded(vector)
          for row in z.indices {
            let sum = zip(weight.row(row), integers).reduce(0) { $0 + Int($1.0) * $1.1 }
            z[row] = fma(Float(Int32(sum)), flushed(scales[row]) * scale, z[row])
          }
        } else {
          for row in z.indices {
            for (w, x) in zip(weight.row(row), vector) { z[row] = fma(flushed(w), x, z[row]) }
          }
        }
      }
      return z
    }

    mutating func step(_ input: [Float]) -> [Float] {
      let z = sums(input)
      let size = c.count
      var output = c
      for unit in 0..<size {
        let (n, m) = tangent(z[2 * size + unit])
        let written = n / (denominator(z[unit]) * m)
        let new = fma(
          sigmoid(z[size + unit]), c[unit],
          flushed(Float(signOf: z[2 * size + unit], magnitudeOf: written), 0x1p-60))
        let (shown, under) = tangent(new)
        let hidden = shown / (denominator(z[3 * size + unit]) * under)
        c[unit] = flushed(new, 0x1p-60)
        output[unit] = flushed(Float(signOf: new, magnitudeOf: hidden))
      }
      h = projection?.multiplied(by: output).map { flushed($0) } ?? output
      return h
    }
  }
}
