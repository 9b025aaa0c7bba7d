// SPDX-License-Identifier: MIT

/// A length other than 1: of the graph's input, or of a layer's output. Two axes of the same length
/// may mean different things, so each length has an identity.
struct Factor: Hashable {
  let identity: Int
  /// nil when it isn't known before the model is run
  let size: Int?
  let name: String
}

/// An axis of a signal: the factors of its length, the slowest first. Length 1 has none. A Reshape
/// that joins axes joins their factors, so that a later one can split them again.
typealias Axis = [Factor]

extension Axis {
  /// nil when it isn't known before the model is run
  var size: Int? {
    var product = 1
    for factor in self {
      guard let size = factor.size else { return nil }
      let (result, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = result
    }
    return product
  }

  var title: String { isEmpty ? "1" : map(\.name).joined(separator: "·") }
}

/// An integer that a graph computes shapes with.
enum Length: Equatable {
  case known(Int)
  /// The length of an axis, which isn't known before the model is run.
  case axis(Axis)
  case unknown

  init(_ axis: Axis) { self = axis.size.map { .known($0) } ?? .axis(axis) }

  var title: String {
    switch self {
    case .known(let value): "\(value)"
    case .axis(let axis): axis.title
    case .unknown: "?"
    }
  }
}
