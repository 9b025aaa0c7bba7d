// SPDX-License-Identifier: MIT

/// The network of a chain. A scale at its start is the normalizer and one at its end the
/// denormalizer, if it is exactly what they compute; any other is an nn.BatchNorm1d.
extension Signal {
  func network() throws -> Network {
    try checkScales()
    var network = Network()
    var rest = links[...]
    /// The index of each link's layer; the normalizer's value is the network's input.
    var places: [Int: SumLayer.Addend] = [:]
    if case .scale(let scale)? = rest.first?.stage, let first = rest.first, let inputSize,
      !addsInput, let normalizer = try scale.normalization(inputFeature, count: inputSize)
    {
      network.normalizer = normalizer
      places[first.identity] = .input
      rest = rest.dropFirst()
    }
    if case .scale(let scale)? = rest.last?.stage, rest.count > 1, let size = feature.size,
      let denormalizer = try scale.denormalization(feature, count: size)
    {
      network.denormalizer = denormalizer
      rest = rest.dropLast()
    }
    for link in rest {
      network.layers.append(try layer(link, places))
      places[link.identity] = .layer(network.layers.count - 1)
    }
    return network
  }

  /// Refuses scales of too many elements before their numbers are made: one number may stand for as
  /// many as the graph declares.
  private func checkScales() throws {
    let most = 1 << 24
    var rest = most
    for case .scale(let scale) in links.map(\.stage) {
      let count = scale.feature.map(\.size) ?? inputSize
      guard (count ?? 0) <= rest else {
        throw ModelFileError(
          "\(scale.source): is for \(count ?? 0) values, expected at most \(most) for all such "
            + "nodes together")
      }
      rest -= count ?? 0
    }
  }

  /// Whether a sum reads the input as it is, without the normalizer.
  private var addsInput: Bool {
    links.contains {
      if case .addition(let addition) = $0.stage { addition.addend == nil } else { false }
    }
  }

  private func layer(_ link: Link, _ places: [Int: SumLayer.Addend]) throws -> Layer {
    switch link.stage {
    case .layer(let layer): return layer
    case .addition(let addition):
      let addend = addition.addend.flatMap { places[$0] } ?? .input
      return .sum(
        SumLayer(
          source: addition.source, size: addition.size, addend: addend, first: addition.first))
    case .scale(let scale):
      let axis = scale.feature ?? inputFeature
      guard let count = scale.feature.map(\.size) ?? inputSize else {
        throw ModelFileError("\(scale.source): found an unknown number of features")
      }
      return .batchNorm(try scale.batchNorm(axis, count: count))
    }
  }
}
