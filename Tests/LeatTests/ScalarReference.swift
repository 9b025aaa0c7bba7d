// SPDX-License-Identifier: MIT

/// Documentation/Formats.md's arithmetic, one float after the other: what any kernel must give, to
/// the bit. It shares nothing with the library.
enum ScalarReference {
  static func fma(_ a: Float, _ b: Float, _ c: Float) -> Float { c.addingProduct(a, b) }

  /// exp(y) of y ≤ 0 as s and q: s + s q.
  private static func exponential(_ argument: Float) -> (s: Float, q: Float) {
    let y = max(argument, -87.33654)
    let t = fma(y, 0x1.715476p0, 0x1.8p23)
    let n = t - 0x1.8p23
    var r = fma(n, -0x1.62e4p-1, y)
    r = fma(n, -0x1.7f7d1cp-20, r)
    var p: Float = 0x1.9f08a2p-13
    for coefficient: Float in [0x1.6d8cf8p-10, 0x1.11127p-7, 0x1.55548ep-5, 0x1.555554p-3, 0x1p-1] {
      p = fma(p, r, coefficient)
    }
    return (Float(sign: .plus, exponent: Int(n), significand: 1), fma(p, r * r, r))
  }

  private static func logistic(_ y: Float) -> (numerator: Float, denominator: Float) {
    let (s, q) = exponential(y)
    let e = fma(s, q, s)
    let d = 1 + e
    let l = e - (d - 1)
    return (fma(s, q - l, s), d)
  }

  static func sigmoid(_ x: Float) -> Float {
    let (numerator, denominator) = logistic(-x.magnitude)
    return (x >= 0 ? 1 : numerator) / denominator
  }

  static func tanh(_ x: Float) -> Float {
    let a = max(x.magnitude, 0x1p-60)
    if a > 0.7 {
      let (m, d) = logistic(-2 * a)
      return Float(signOf: x, magnitudeOf: 1 - (m + m) / d)
    }
    var p: Float = -0x1.50c476p-8
    for coefficient: Float in [0x1.492fd6p-6, -0x1.b6c112p-5, 0x1.10faeep-3, -0x1.5554f6p-2] {
      p = fma(p, a * a, coefficient)
    }
    return fma(p * (a * a), x, x)
  }

  /// A vector as integers and what one of them is worth.
  static func rounded(_ vector: [Float]) -> (integers: [Int], scale: Float) {
    let levels = Float(min(32767, 2_147_483_647 / (128 * vector.count)))
    let largest = vector.map(\.magnitude).max()!
    if largest < 0x1p-100 { return (vector.map { _ in 0 }, 0) }
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
          s[k % 8] = fma(w, x, s[k % 8])
        }
        let sum = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
        guard let scales else { return sum }
        return sum * scales[index]
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
        bias.map { $0.input[row] + $0.hidden[row] } ?? 0
      }
      for (weight, vector) in [(inputWeight, input), (hiddenWeight, h)] {
        if let scales = weight.scales {
          let (integers, scale) = rounded(vector)
          for row in z.indices {
            let sum = zip(weight.row(row), integers).reduce(0) { $0 + Int($1.0) * $1.1 }
            z[row] = fma(Float(Int32(sum)), scales[row] * scale, z[row])
          }
        } else {
          for row in z.indices {
            for (w, x) in zip(weight.row(row), vector) { z[row] = fma(w, x, z[row]) }
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
        let (i, f) = (sigmoid(z[unit]), sigmoid(z[size + unit]))
        let (g, o) = (tanh(z[2 * size + unit]), sigmoid(z[3 * size + unit]))
        c[unit] = fma(f, c[unit], i * g)
        if c[unit].magnitude < 0x1p-60 { c[unit] = 0 }
        output[unit] = o * tanh(c[unit])
      }
      h = projection?.multiplied(by: output) ?? output
      return h
    }
  }
}
