// SPDX-License-Identifier: MIT

/// A PyTorch state_dict: tensors by name, from a `.pt`, a safetensors file or JSON.
///
/// The tensors keep their names and go to the library almost as they are: normalized weights are
/// folded, doubles are rounded. A tensor of a module that Leat doesn't run is refused by the name of
/// that module, which the names and shapes of its tensors tell.
public struct StateDict {
  /// What is known of the order in which the modules run.
  public enum Order: Sendable {
    /// Nothing, and nothing is guessed.
    case unknown
    /// Nothing; with a single module besides the recurrent one, that comes last.
    case recurrentFirst
    /// They are listed as `__init__()` makes them, in which order they most often run.
    case asMade
  }

  var tensors: [Tensor]
  let order: Order
  var notes: [String] = []
  var parts: [Conversion.Part] = []

  public init(_ tensors: [Tensor], order: Order) {
    (self.tensors, self.order) = (tensors, order)
  }

  /// - Parameters:
  ///   - layers: as in `leat.layers`, and in its place
  ///   - metadata: of the source, which stays
  public func conversion(layers: String?, metadata: [String: String] = [:]) throws -> Conversion {
    var folded = self
    folded.dropCounters()
    try folded.fold()
    try folded.round()
    let modules = folded.modules
    guard modules.contains(where: \.isRecurrent) else {
      throw ModelFileError(
        "there is no recurrent module in it, expected an nn.LSTM, nn.GRU or nn.RNN, with a tensor "
          + "weight_ih_l0; the modules of the file are \(StateDict.list(modules))")
    }
    let title = layers == nil ? "leat.layers" : "--layers"
    let layers = layers ?? metadata["leat.layers"]
    try folded.refuseForeign(modules, layers: layers)
    if let layers {
      try StateDict.check(layers, title: title, modules)
      try folded.repeatFirstSlope(layers, modules)
    } else {
      try folded.checkOrder(modules)
    }
    if let assumption = StateDict.assumption(modules, layers: layers, metadata) {
      folded.notes.append(assumption)
    }
    var result = Conversion()
    (result.tensors, result.parts, result.notes) = (folded.tensors, folded.parts, folded.notes)
    result.metadata = metadata
    result.set(layers: layers)
    return result
  }

  /// A count of the training's batches, which nothing reads when a model runs.
  private mutating func dropCounters() {
    tensors.removeAll { $0.leaf == "num_batches_tracked" }
    parts = tensors.map { Conversion.Part(source: $0.name, tensors: [$0.name]) }
  }

  private mutating func round() throws {
    var rounded = 0
    for index in tensors.indices where tensors[index].type == "F64" {
      let floats = try tensors[index].doubles().map { Float($0) }
      tensors[index] = Tensor(
        name: tensors[index].name, shape: tensors[index].shape, floats: floats)
      rounded += 1
    }
    if rounded > 0 {
      notes.append("double precision was rounded to floats in \(rounded) tensors")
    }
  }

  static func list(_ modules: [StateDictModule]) -> String {
    modules.map { "'\($0.name)'" }.joined(separator: ", ")
  }
}
