// SPDX-License-Identifier: MIT

/// A tensor's name as the two parts that it has in Documentation/Formats.md.
public struct TensorName {
  /// "." of the module without a name, as in metadata.
  public let module: String
  /// What the tensor is of its module: "weight_ih_l0"
  public let leaf: String

  public init(module: String, leaf: String) { (self.module, self.leaf) = (module, leaf) }

  /// - Parameter text: "lstm.weight_ih_l0"
  public init(_ text: String) {
    // As the library does, which doesn't know that a dot and an accent are one character.
    let dot = text.utf8.lastIndex(of: UInt8(ascii: "."))
    module = dot.map { String(text[..<$0]) } ?? "."
    leaf = dot.map { String(text[text.utf8.index(after: $0)...]) } ?? text
  }

  public var text: String { module == "." ? leaf : "\(module).\(leaf)" }
}

extension Tensor {
  /// "." of the module without a name.
  public var module: String { TensorName(name).module }

  public var leaf: String { TensorName(name).leaf }
}
