// SPDX-License-Identifier: MIT

/// (x - mean) / divisor * factor + shift for each element, with constants: what successive nodes of
/// Sub, Div, Mul and Add compute.
///
/// It is the normalizer at the start of a chain, the denormalizer at its end, and elsewhere an
/// nn.BatchNorm1d.
struct ElementwiseScale {
  /// Numbers along an axis, or one for all.
  struct Constants {
    var values: [Float]
    var axis: Axis?

    func map(_ transform: (Float) -> Float) -> Constants {
      Constants(values: values.map(transform), axis: axis)
    }

    func allSatisfy(_ predicate: (Float) -> Bool) -> Bool { values.allSatisfy(predicate) }
  }

  enum Operation {
    case add, subtract, multiply, divide
    /// constant - x
    case subtractFrom
  }

  /// The axis of the elements; nil of the graph's input, whose features aren't
  /// known before the first layer.
  let feature: Axis?
  private(set) var mean: Constants?
  private(set) var divisor: Constants?
  private(set) var factor: Constants?
  private(set) var shift: Constants?
  /// The nodes that it was read from.
  private(set) var sources: [String] = []

  var source: String { sources.joined(separator: ", ") }

  init(of feature: Axis?) { self.feature = feature }

  /// The scale with a further operation; nil if it can't express that exactly.
  func with(_ operation: Operation, _ constants: Constants, source: String) -> ElementwiseScale? {
    var result = self
    result.sources.append(source)
    let isEmpty = mean == nil && divisor == nil && factor == nil && shift == nil
    switch operation {
    case .subtract where isEmpty: result.mean = constants
    case .add where isEmpty: result.mean = constants.map { -$0 }
    case .add where (factor != nil || divisor != nil) && shift == nil: result.shift = constants
    case .subtract where (factor != nil || divisor != nil) && shift == nil:
      result.shift = constants.map { -$0 }
    case .subtractFrom where shift == nil:
      result.factor = factor?.map { -$0 } ?? Constants(values: [-1])
      result.shift = constants
    case .multiply where factor == nil && shift == nil: result.factor = constants
    case .divide where divisor == nil && factor == nil && shift == nil: result.divisor = constants
    default: return nil
    }
    return result
  }

  // MARK: - As a layer

  /// (x - mean) / deviation; nil if it isn't exactly this.
  func normalization(_ feature: Axis, count: Int) throws -> Normalization? {
    guard shift == nil, divisor?.allSatisfy({ $0 > 0 && $0.isFinite }) ?? true else { return nil }
    var deviation = divisor
    if let factor {
      // Then 1 / value is exact, and the quotient is the product.
      guard divisor == nil, factor.allSatisfy({ $0 > 0 && $0.isPowerOfTwo }) else { return nil }
      deviation = factor.map { 1 / $0 }
    }
    return Normalization(
      source: source, mean: try all(mean, feature, count, otherwise: 0),
      deviation: try all(deviation, feature, count, otherwise: 1))
  }

  /// x * deviation + mean; nil if it isn't exactly this.
  func denormalization(_ feature: Axis, count: Int) throws -> Normalization? {
    if let mean, divisor == nil, factor == nil, shift == nil {
      return Normalization(
        source: source, mean: try all(mean, feature, count, otherwise: 0).map { -$0 },
        deviation: [Float](repeating: 1, count: count))
    }
    guard mean == nil, divisor?.allSatisfy(\.isPowerOfTwo) ?? true else { return nil }
    let divisors = try all(divisor, feature, count, otherwise: 1)
    let factors = try all(factor, feature, count, otherwise: 1)
    let deviation = zip(factors, divisors).map { $0 / $1 }
    guard deviation.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    return Normalization(
      source: source, mean: try all(shift, feature, count, otherwise: 0), deviation: deviation)
  }

  /// With a variance that is the divisor's square: the rounding of that changes the quotient by a
  /// quarter of a unit in the last place.
  func batchNorm(_ feature: Axis, count: Int) throws -> BatchNormLayer {
    let divisors = try all(divisor, feature, count, otherwise: 1)
    let variance = divisors.map { $0 * $0 }
    guard variance.allSatisfy({ $0.isNormal && $0.isFinite }) else {
      throw ModelFileError(
        "\(source): divides by a number with a magnitude that isn't 1e-18 to 1e18")
    }
    var layer = BatchNormLayer(
      source: source, mean: try all(mean, feature, count, otherwise: 0), variance: variance,
      epsilon: 0)
    if factor != nil || shift != nil || divisors.contains(where: { $0 < 0 }) {
      let factors = try all(factor, feature, count, otherwise: 1)
      layer.affine = (
        weight: zip(factors, divisors).map { $1 < 0 ? -$0 : $0 },
        bias: try all(shift, feature, count, otherwise: 0)
      )
    }
    return layer
  }

  /// If it has the same numbers for all elements.
  var uniform: (mean: Float, divisor: Float, factor: Float, shift: Float)? {
    let all = [(mean, Float(0)), (divisor, 1), (factor, 1), (shift, 0)]
    let numbers = all.compactMap { constants, otherwise -> Float? in
      guard let constants else { return otherwise }
      return constants.values.count == 1 ? constants.values[0] : nil
    }
    return numbers.count == 4 ? (numbers[0], numbers[1], numbers[2], numbers[3]) : nil
  }

  /// One number for each element.
  private func all(
    _ constants: Constants?, _ feature: Axis, _ count: Int, otherwise: Float
  ) throws -> [Float] {
    guard let constants else { return [Float](repeating: otherwise, count: count) }
    guard constants.values.count != 1 || constants.axis != nil else {
      return [Float](repeating: constants.values[0], count: count)
    }
    guard constants.axis == feature, constants.values.count == count else {
      throw ModelFileError(
        "the numbers of \(sources.joined(separator: " and ")) are not one for each of the "
          + "\(count) inputs; Leat has the same numbers for all steps")
    }
    return constants.values
  }
}

extension Float {
  fileprivate var isPowerOfTwo: Bool {
    isNormal && significand == 1 && exponent.magnitude < 100
  }
}
