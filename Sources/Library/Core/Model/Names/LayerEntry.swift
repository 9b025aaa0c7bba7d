// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// One entry of `leat.layers`:
///
///     NAME, NAME:ACTIVATION, NAME=KIND, NAME=KIND:ACTIVATION   a module
///     :ACTIVATION                                              an activation as its own layer
///     +SOURCE, +SOURCE[0:SIZE]                                 a sum
///
/// The last two, and kinds, are in files of `leat.format` 2 only.
struct LayerEntry<Other: OtherLayers> {
  private let explanation: Explanation
  /// Of a module, or of what is added. Empty for an activation alone.
  private(set) var name: Text
  private(set) var isSum = false
  private(set) var kind: ModuleKind?
  private(set) var activation = ChosenActivation()
  /// How many elements of the source are added; nil for all.
  private(set) var size: Int?

  init(_ token: Text, format: Int, _ explanation: Explanation) throws(Failure) {
    self.explanation = explanation
    name = token
    if Other.exist, format >= 2, token.bytes[0] == UInt8(ascii: "+") {
      isSum = true
      name = token.slice(1, token.count)
      try readSize(token)
      return
    }
    if let colon = token.lastIndex(of: UInt8(ascii: ":")) {
      name = token.slice(0, colon)
      try readActivation(token.slice(colon + 1, token.count), format)
    }
    guard format >= 2, let equals = name.lastIndex(of: UInt8(ascii: "=")) else { return }
    guard equals > 0 else {
      throw explanation.failure(
        LEAT_E_MODEL, "leat.layers: '\(token)', expected a module's name before '='")
    }
    try readKind(name.slice(equals + 1, name.count), token)
    name = name.slice(0, equals)
  }

  private mutating func readKind(_ word: Text, _ token: Text) throws(Failure) {
    guard let kind = ModuleKind(word) else {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED,
        "leat.layers: kind '\(word)' in '\(token)', expected lstm, gru, rnn, linear, batch_norm or prelu"
      )
    }
    self.kind = kind
  }

  private mutating func readActivation(_ word: Text, _ format: Int) throws(Failure) {
    if let plain = ChosenActivation(plain: word) {
      activation = plain
    } else if Other.exist, format >= 2 {
      guard let other = ChosenActivation(word) else {
        throw explanation.failure(
          LEAT_E_UNSUPPORTED,
          "leat.layers: activation '\(word)' of '\(name)', expected one of Formats.md, as relu, leaky_relu(0.2) or hard_sigmoid(0.2,0.5)"
        )
      }
      activation = other
    } else {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED,
        "leat.layers: activation '\(word)' of '\(name)', expected none, relu, sigmoid, tanh or softmax, or metadata leat.format 2"
      )
    }
  }

  /// `[0:SIZE]` after the name of a source.
  private mutating func readSize(_ token: Text) throws(Failure) {
    guard name.count > 0, name.bytes[name.count - 1] == UInt8(ascii: "]") else { return }
    guard let open = name.lastIndex(of: UInt8(ascii: "[")) else { throw wrongSlice(token) }
    let slice = name.slice(open + 1, name.count - 1)
    guard slice.hasPrefix("0:"), let size = slice.number(from: 2), size > 0 else {
      throw wrongSlice(token)
    }
    self.size = size
    name = name.slice(0, open)
  }

  private func wrongSlice(_ token: Text) -> Failure {
    explanation.failure(
      LEAT_E_UNSUPPORTED,
      "leat.layers: '\(token)', expected '+NAME' or '+NAME[0:SIZE]', the first SIZE elements")
  }
}
