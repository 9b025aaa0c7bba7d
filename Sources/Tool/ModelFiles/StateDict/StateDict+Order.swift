// SPDX-License-Identifier: MIT

/// The order in which the modules run, which tensors don't have.
extension StateDict {
  /// Checks the modules of `leat.layers` before the library does, since a message may be longer here.
  ///
  /// - Parameter title: of the list, in messages
  static func check(_ layers: String, title: String, _ modules: [StateDictModule]) throws {
    var listed: Set<String> = []
    for name in LayersEntry.list(layers).map(\.module) where !name.isEmpty {
      guard modules.contains(where: { $0.name == name }) else {
        throw ModelFileError(
          "\(title): no tensor belongs to '\(name)'; the modules of the file are "
            + "\(list(modules))")
      }
      guard listed.insert(name).inserted else {
        throw ModelFileError("\(title): '\(name)' is listed twice, expected each module once")
      }
    }
    if let missing = modules.first(where: { !listed.contains($0.name) }) {
      throw ModelFileError(
        "\(title): '\(missing.name)' isn't listed; the modules of the file are "
          + "\(list(modules)), expected each of them once")
    }
  }

  /// Refuses a file of which the order is doubtful, with an order that may be right.
  func checkOrder(_ modules: [StateDictModule]) throws {
    let others = modules.filter { !$0.isRecurrent }
    let option = "--layers \"\(proposedLayers)\""
    let ask = "say the order, and the activations as in head:sigmoid: \(option)"
    if order == .unknown, let other = others.first {
      throw ModelFileError(
        "'\(other.tensorName)' may come before the LSTM or after it: JSON objects have no order, "
          + "and a state_dict has no activations; \(ask)")
    }
    if order == .asMade, let last = modules.lastIndex(where: \.isRecurrent),
      let early = modules[..<last].first(where: { $0.kind == .linear })
    {
      let after = modules.filter { $0.name != early.name }.map(\.name) + [early.name]
      throw ModelFileError(
        "'\(early.tensorName)' comes before the \(modules[last].title) in the state_dict, expected "
          + "after it; if it runs after the \(modules[last].title), say so with --layers "
          + "\"\(after.joined(separator: " "))\"; if it runs before, with \(option)")
    }
    guard modules.count - others.count == 1, others.count <= 1 else {
      throw ModelFileError(
        "found modules \(StateDict.list(modules)), and a state_dict doesn't say in which order they "
          + "run: \(ask)")
    }
    if let other = others.first, let recurrent = modules.first(where: \.isRecurrent),
      other.inputs != nil, other.inputs != recurrent.outputs, other.outputs == recurrent.inputs
    {
      throw ModelFileError(
        "'\(other.name)' doesn't fit after '\(recurrent.name)', but before it: say so with "
          + "--layers \"\(other.name) \(recurrent.name)\"")
    }
  }

  /// An order of the modules that may be right, as in `leat.layers`.
  var proposedLayers: String { StateDict.proposed(modules, order).joined(separator: " ") }

  /// An order in which each module reads as many values as the one before gives, if there is one;
  /// else that of the file.
  static func proposed(_ modules: [StateDictModule], _ order: Order) -> [String] {
    let marked = { (module: StateDictModule) in
      module.kind == .prelu ? "\(module.name)=prelu" : module.name
    }
    // More would be too many orders to try.
    guard order != .asMade, modules.count <= 8 else { return modules.map(marked) }
    // A batch normalization fits in many places, and a recurrent module is most often first.
    let candidates = modules.sorted { $0.isRecurrent && !$1.isRecurrent }
    return (chain(candidates, after: nil) ?? candidates).map(marked)
  }

  private static func chain(_ rest: [StateDictModule], after size: Int?) -> [StateDictModule]? {
    if rest.isEmpty { return [] }
    for (index, module) in rest.enumerated() {
      if let size, let inputs = module.inputs, inputs != size { continue }
      var others = rest
      others.remove(at: index)
      if let tail = chain(others, after: module.outputs ?? size) { return [module] + tail }
    }
    return nil
  }
}
