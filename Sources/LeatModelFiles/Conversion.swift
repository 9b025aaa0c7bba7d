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

  mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }
}
