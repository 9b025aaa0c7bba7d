// SPDX-License-Identifier: MIT

/// What a model of another framework has become.
public struct Conversion {
  /// Something of the source, and the tensors that it became.
  public struct Part: Codable {
    public let source: String
    public let tensors: [String]
  }

  /// As the library reads them: see Documentation/Formats.md.
  public var tensors: [Tensor] = []
  public var metadata: [String: String] = [:]
  public var parts: [Part] = []
  /// What a user has to know: what was left out and why that changes nothing, what the source did
  /// otherwise.
  public var notes: [String] = []

  public init() {}

  public var file: SafetensorsFile { SafetensorsFile(tensors: tensors, metadata: metadata) }

  /// Keeps something the source says of itself, beside what the library reads.
  mutating func keep(_ key: String, _ value: String) {
    // The library refuses more and longer ones.
    guard !value.isEmpty, key.utf8.count <= 200, metadata.count < 500 else { return }
    metadata["source.\(key)"] = String(value.prefix(4096))
  }

  /// Puts the layers in an order given by the user, as `leat.layers` has it.
  public mutating func order(by layers: String) {
    metadata["leat.layers"] = layers
    if isOfFormat2(layers) { metadata["leat.format"] = "2" }
  }

  /// Whether an older Leat couldn't run them: a recurrent module after another, an activation after it,
  /// or one of its own.
  private func isOfFormat2(_ layers: String) -> Bool {
    let names = Set(tensors.map(\.name))
    var sawLinear = false
    for entry in layers.split(separator: " ") {
      let colon = entry.lastIndex(of: ":")
      let name = String(entry[..<(colon ?? entry.endIndex)])
      if name.isEmpty { return true }
      if names.contains(name == "." ? "weight_ih_l0" : "\(name).weight_ih_l0") {
        if sawLinear || colon != nil { return true }
      } else {
        sawLinear = true
      }
    }
    return false
  }

  mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }
}
