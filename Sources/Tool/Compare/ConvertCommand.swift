// SPDX-License-Identifier: MIT

import LeatModelFiles

/// A command that converts a model with more layers than it has: for a hint that can be pasted.
struct ConvertCommand {
  private let words: [String]
  private let layers: String

  /// - Parameters:
  ///   - words: the command without --layers
  ///   - layers: the model's, as in `leat.layers`
  init(_ words: [String], layers: String) { (self.words, self.layers) = (words, layers) }

  /// - Parameter more: entries at the end, of which the first may be an activation: ":tanh +input"
  func adding(_ more: String) -> String {
    let last = LayersEntry.list(layers).last
    let takesActivation = last?.activation == nil && last?.addend == nil
    let joint = more.hasPrefix(":") && takesActivation ? "" : " "
    return (words + ["--layers", layers + joint + more]).map(Self.quoted).joined(separator: " ")
  }

  /// A word as a shell reads it.
  private static func quoted(_ word: String) -> String {
    func isPlain(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isAlphabetic || "0123456789._-/:=+,@%".unicodeScalars.contains(scalar)
    }
    let scalars = word.unicodeScalars
    if !word.isEmpty, scalars.allSatisfy(isPlain) { return word }
    if scalars.allSatisfy({ isPlain($0) || " []()".unicodeScalars.contains($0) }) {
      return "\"\(word)\""
    }
    return "'\(word.replacing("'", with: #"'\''"#))'"
  }
}
