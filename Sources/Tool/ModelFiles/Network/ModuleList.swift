// SPDX-License-Identifier: MIT

/// A network's layers as the modules of a file.
///
/// A file names only modules, and an entry of `leat.layers` that is an activation or a sum belongs
/// to the module before it. Where a layer needs a module that the network doesn't have, a linear
/// layer that passes each value on is put there.
struct ModuleList {
  struct Module {
    var layer: any ModuleLayer
    /// The activations and sums after it.
    var followers: [Layer] = []

    var source: String {
      followers.map(\.source).reduce(into: [layer.source]) { sources, source in
        if sources.last != source { sources.append(source) }
      }.joined(separator: ", ")
    }
  }

  /// More would be a matrix of too much memory, as its size is the square.
  static let largestIdentity = 4096
  static let mostModulesBefore = 64
  /// Of all such matrices together: as many as in one that is as large as can be.
  static let mostIdentityWeights = largestIdentity * largestIdentity

  private(set) var modules: [Module] = []
  /// For each layer of the network, the module whose value is the layer's output.
  private var places: [Int] = []
  private var identityWeights = 0

  /// - Parameter isFormat1: whether each activation gets a linear layer, as in `leat.format` 1
  init(_ network: Network, isFormat1: Bool) throws {
    var read: Set<Int> = []
    for (place, layer) in network.layers.enumerated() {
      guard case .sum(let sum) = layer, case .layer(let index) = sum.addend else { continue }
      guard (0..<place).contains(index) else {
        throw ModelFileError("\(sum.source): adds the output of a layer after it")
      }
      read.insert(index)
    }
    for (index, layer) in network.layers.enumerated() {
      switch layer {
      case .activation(let activation):
        let hasModule = modules.last.map { $0.layer is LinearLayer && $0.followers.isEmpty }
        try follow(
          layer, activation.size,
          needsModule: read.contains(index - 1) || isFormat1 && hasModule != true)
      case .sum(let sum):
        try follow(layer, sum.size, needsModule: read.contains(index - 1))
      case .recurrent(let layer): modules.append(Module(layer: layer))
      case .linear(let layer): modules.append(Module(layer: layer))
      case .prelu(let layer): modules.append(Module(layer: layer))
      case .batchNorm(let layer): modules.append(Module(layer: layer))
      }
      places.append(modules.count - 1)
    }
  }

  private mutating func follow(_ layer: Layer, _ size: Int, needsModule: Bool) throws {
    if needsModule || modules.isEmpty {
      guard size <= Self.largestIdentity else {
        throw ModelFileError(
          "\(layer.source): found \(size) values, expected at most \(Self.largestIdentity); "
            + "compute it outside of Leat")
      }
      // No overflow, as the size is bounded.
      identityWeights += size * size
      guard identityWeights <= Self.mostIdentityWeights else {
        throw ModelFileError(
          "\(layer.source): needs a matrix of \(size) by \(size) that passes the values on, and all "
            + "of these have \(identityWeights) weights, expected at most "
            + "\(Self.mostIdentityWeights); compute it outside of Leat")
      }
      guard modules.count < Self.mostModulesBefore else {
        throw ModelFileError(
          "\(layer.source): comes after \(modules.count) layers, expected at most "
            + "\(Self.mostModulesBefore - 1); compute it outside of Leat")
      }
      modules.append(Module(layer: LinearLayer.identity(size, source: layer.source)))
    }
    modules[modules.count - 1].followers.append(layer)
  }

  /// The modules' names: "lstm", or "lstm1", "lstm2" where there are several.
  var names: [String] {
    var counts: [String: Int] = [:]
    return modules.map(\.layer.name).map { name in
      guard modules.count(where: { $0.layer.name == name }) > 1 else { return name }
      counts[name, default: 0] += 1
      return "\(name)\(counts[name, default: 0])"
    }
  }

  /// As in `leat.layers`.
  var order: String {
    let names = names
    var entries: [String] = []
    for (name, module) in zip(names, modules) {
      entries.append(module.layer.kind.map { "\(name)=\($0)" } ?? name)
      for (index, follower) in module.followers.enumerated() {
        switch follower {
        case .activation(let layer) where index == 0:
          entries[entries.count - 1] += ":\(layer.activation.text)"
        case .activation(let layer): entries.append(":\(layer.activation.text)")
        case .sum(let sum):
          let addend =
            switch sum.addend {
            case .input: "input"
            case .layer(let index): names[places[index]]
            }
          entries.append("+\(addend)\(sum.first.map { "[0:\($0)]" } ?? "")")
        case .recurrent, .linear, .prelu, .batchNorm: break
        }
      }
    }
    return entries.joined(separator: " ")
  }
}
