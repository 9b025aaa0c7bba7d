// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension Modules {
  /// Puts the modules in the order in which `leat.layers` names them.
  mutating func orderModules<Other: OtherLayers>(
    _ file: borrowing Safetensors, _: Other.Type, asListed layers: JSONString, _ format: Int
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
          throw explanation.failure(
            LEAT_E_MODEL, "leat.layers: no module has a name as long as '\(token)'")
        }
      } else if token.count > 0 {
        try place(
          try LayerEntry<Other>(token, format: format, explanation), at: placed, file, format)
        placed += 1
        token = Text()
      }
    }
    guard placed == count else {
      throw file.failure(
        modules[placed].tensor.index, "its module is missing from metadata 'leat.layers'")
    }
  }

  private mutating func place<Other: OtherLayers>(
    _ entry: LayerEntry<Other>, at place: Int, _ file: borrowing Safetensors, _ format: Int
  ) throws(Failure) {
    if Other.exist, entry.isSum { return try insertSum(entry, at: place, file) }
    if entry.name.count == 0 {
      guard Other.exist, format >= 2 else {
        throw explanation.failure(
          LEAT_E_UNSUPPORTED,
          "leat.layers: an activation without a module's name, expected metadata leat.format 2")
      }
      var module = Module(contents: .activation)
      module.activation = entry.activation
      return try insert(module, at: place)
    }
    for index in place..<max(place, count)
    where modules[index].tensor.isPresent && file.isModule(modules[index].tensor.index, entry.name)
    {
      swap(place, index)
      modules[place].activation = entry.activation
      modules[place].kind = entry.kind
      if format < 2 { try checkFormat1(place, entry.name) }
      return
    }
    throw explanation.failure(
      LEAT_E_MODEL, "leat.layers: '\(entry.name)' is listed twice, or no tensor belongs to it")
  }

  /// What `leat.format` 1 doesn't have, an older Leat would refuse.
  private func checkFormat1(_ place: Int, _ name: Text) throws(Failure) {
    if modules[place].isRecurrent {
      guard modules[place].activation.activation == .none else {
        throw explanation.failure(
          LEAT_E_UNSUPPORTED,
          "leat.layers: '\(name)' is recurrent, expected no activation, or metadata leat.format 2")
      }
      guard place == 0 || modules[place - 1].isRecurrent else {
        throw explanation.failure(
          LEAT_E_UNSUPPORTED,
          "leat.layers: '\(name)' is recurrent and after an nn.Linear, expected it before, or metadata leat.format 2"
        )
      }
    } else if place == 0 {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED,
        "leat.layers: expected a recurrent module first, not '\(name)', or metadata leat.format 2")
    }
  }

  private mutating func insertSum<Other: OtherLayers>(
    _ entry: LayerEntry<Other>, at place: Int, _ file: borrowing Safetensors
  ) throws(Failure) {
    var module = Module(contents: .sum)
    module.source = try findSource(entry.name, before: place, file)
    module.sourceSize = entry.size ?? 0
    try insert(module, at: place)
  }

  /// The place of a module whose value is complete before the entry at `place`: one that is listed
  /// before the module that the entry belongs to. -1 for the sample.
  private func findSource(
    _ name: Text, before place: Int, _ file: borrowing Safetensors
  ) throws(Failure) -> Int16 {
    if name == "input" { return -1 }
    var own = place - 1
    while own > 0, !modules[own].tensor.isPresent { own -= 1 }
    for index in 0..<max(own, 0)
    where modules[index].tensor.isPresent && file.isModule(modules[index].tensor.index, name) {
      return Int16(index)
    }
    throw explanation.failure(
      LEAT_E_MODEL,
      "leat.layers: '+\(name)', expected 'input' or a module that is listed before the one that it is added to"
    )
  }

  /// Inserts what is no module.
  private mutating func insert(_ module: Module, at place: Int) throws(Failure) {
    guard place > 0 else {
      throw explanation.failure(
        LEAT_E_MODEL, "leat.layers: expected a module first, not an activation or a sum")
    }
    guard modules.append(module) else { throw tooMany() }
    swap(place, count - 1)
  }
}
