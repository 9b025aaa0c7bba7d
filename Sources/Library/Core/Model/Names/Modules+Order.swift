// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension Modules {
  /// Puts the modules in the order in which `leat.layers` names them.
  mutating func orderModules(
    _ file: borrowing Safetensors, asListed layers: JSONString, _ format: Int
  ) throws(Failure) {
    var placed = 0
    var token = Text()
    var characters = JSONString.Unescaped(layers)
    var isAtEnd = false
    while !isAtEnd {
      let character = characters.next()
      isAtEnd = character == nil
      if let character, character != UInt8(ascii: " ") {
        guard token.append(character) else {
          throw Failure(LEAT_E_MODEL, "leat.layers: no module has a name as long as '\(token)'")
        }
      } else if token.count > 0 {
        try placeModule(token, at: placed, file, format)
        placed += 1
        token = Text()
      }
    }
    guard placed == count else {
      throw file.failure(
        modules[placed].tensor.index, "its module is missing from metadata 'leat.layers'")
    }
  }

  /// Puts the module that `token` names at `place`, with the activation that follows a colon; or
  /// the activation alone, if there is no name before the colon.
  private mutating func placeModule(
    _ token: Text, at place: Int, _ file: borrowing Safetensors, _ format: Int
  ) throws(Failure) {
    var name = token
    var activation = Activation.none
    if let colon = token.lastIndex(of: UInt8(ascii: ":")) {
      name = token.slice(0, colon)
      let word = token.slice(colon + 1, token.count)
      guard let known = Activation(name: word) else {
        throw Failure(
          LEAT_E_UNSUPPORTED,
          "leat.layers: activation '\(word)' of '\(name)', expected none, relu, sigmoid, tanh or softmax"
        )
      }
      activation = known
      if colon == 0 { return try insertActivation(activation, at: place, format) }
    }
    for index in place..<max(place, count)
    where modules[index].tensor.isPresent
      && file.isModule(modules[index].tensor.index, name)
    {
      swap(place, index)
      modules[place].activation = activation
      if format < 2 { try checkFormat1(place, name) }
      return
    }
    throw Failure(
      LEAT_E_MODEL, "leat.layers: '\(name)' is listed twice, or no tensor belongs to it")
  }

  /// What `leat.format` 1 doesn't have, an older Leat would refuse.
  private func checkFormat1(_ place: Int, _ name: Text) throws(Failure) {
    if modules[place].isRecurrent {
      guard modules[place].activation == .none else {
        throw Failure(
          LEAT_E_UNSUPPORTED,
          "leat.layers: '\(name)' is recurrent, expected no activation, or metadata leat.format 2")
      }
      guard place == 0 || modules[place - 1].isRecurrent else {
        throw Failure(
          LEAT_E_UNSUPPORTED,
          "leat.layers: '\(name)' is recurrent and after an nn.Linear, expected it before, or metadata leat.format 2"
        )
      }
    } else if place == 0 {
      throw Failure(
        LEAT_E_UNSUPPORTED,
        "leat.layers: expected a recurrent module first, not '\(name)', or metadata leat.format 2")
    }
  }

  private mutating func insertActivation(
    _ activation: Activation, at place: Int, _ format: Int
  ) throws(Failure) {
    guard format >= 2 else {
      throw Failure(
        LEAT_E_UNSUPPORTED,
        "leat.layers: an activation without a module's name, expected metadata leat.format 2")
    }
    guard place > 0 else {
      throw Failure(LEAT_E_MODEL, "leat.layers: expected a module first, not an activation")
    }
    guard modules.append(Module(activation: activation)) else {
      throw tooMany()
    }
    swap(place, count - 1)
  }
}
