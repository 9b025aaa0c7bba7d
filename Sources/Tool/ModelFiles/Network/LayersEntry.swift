// SPDX-License-Identifier: MIT

/// An entry of `leat.layers`: "fc:relu", "act=prelu", ":tanh" or "+lstm[0:4]".
public struct LayersEntry {
  /// Empty of an activation alone, and of a sum.
  public let module: String
  /// What the module is, if the entry says so.
  public let kind: String?
  public let activation: String?
  /// What a sum adds: "lstm[0:4]"
  public let addend: String?

  public static func list(_ layers: String) -> [LayersEntry] {
    layers.split(separator: " ").map { LayersEntry($0) }
  }

  private init(_ text: Substring) {
    guard !text.hasPrefix("+") else {
      (module, kind, activation, addend) = ("", nil, nil, String(text.dropFirst()))
      return
    }
    let colon = text.lastIndex(of: ":")
    let name = text[..<(colon ?? text.endIndex)]
    let equals = name.lastIndex(of: "=")
    module = String(name[..<(equals ?? name.endIndex)])
    kind = equals.map { String(name[name.index(after: $0)...]) }
    activation = colon.map { String(text[text.index(after: $0)...]) }
    addend = nil
  }
}
