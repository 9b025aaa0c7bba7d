// SPDX-License-Identifier: MIT

/// A model of another framework as tensors and metadata that the library reads, and what to tell
/// the user of it.
public struct Conversion {
  /// A part of the source, and the tensors that it became.
  public struct Part: Codable {
    public let source: String
    public let tensors: [String]
  }

  /// See Documentation/Formats.md.
  public var tensors: [Tensor] = []
  public var metadata: [String: String] = [:]
  public var parts: [Part] = []
  /// What was left out and why that changes nothing, and what the source does differently.
  public var notes: [String] = []

  public init() {}

  public var file: SafetensorsFile { SafetensorsFile(tensors: tensors, metadata: metadata) }

  /// Keeps a fact of the source as metadata, which the library doesn't use.
  mutating func keep(_ key: String, _ value: String) {
    // The library refuses more keys, and longer ones.
    guard !value.isEmpty, key.utf8.count <= 200, metadata.count < 500 else { return }
    metadata["source.\(key)"] = String(value.prefix(4096))
  }

  mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }
}
