// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// One module of the file: all tensors with the same prefix. Or an activation that `leat.layers` names,
/// without any.
struct Module {
  /// A tensor of it, which tells its name; -1 of an activation.
  var tensor = -1
  var isRecurrent = false
  var activation = Activation.none
}

/// The modules of a file in the order in which a sample passes through them.
struct Modules: ~Copyable {
  private var modules: Table<Module>

  var count: Int { modules.count }

  subscript(index: Int) -> Module { modules[index] }

  init(_ workspace: inout Workspace) {
    modules = Table(&workspace, capacity: Architecture.mostLayers)
  }

  /// Gathers the modules by the names of their tensors and puts them in order: as the metadata's
  /// `leat.layers` says, or, when there is but one recurrent module and at most one `nn.Linear`, in
  /// that one.
  mutating func read(_ file: borrowing Safetensors, format: Int) throws(Failure) {
    try gather(file)
    guard recurrentCount > 0 else {
      throw Failure(
        LEAT_E_MODEL,
        "no recurrent module, as nn.LSTM, in the file: expected a tensor 'weight_ih_l0' or 'NAME.weight_ih_l0'"
      )
    }
    var metadata = file.metadata
    while let entry = metadata.next() {
      if entry.key == "leat.layers" {
        try order(file, by: entry.value, format)
        return
      }
    }
    try orderByKind(file)
  }

  var recurrentCount: Int {
    var recurrent = 0
    for index in 0..<count where modules[index].isRecurrent { recurrent += 1 }
    return recurrent
  }

  private mutating func gather(_ file: borrowing Safetensors) throws(Failure) {
    for index in 0..<file.tensors.count {
      let tensor = file.tensors[index]
      guard tensor.role.isRecurrent || tensor.role.isLinear else { continue }
      var isKnown = false
      for module in 0..<count where file.isSameModule(modules[module].tensor, index) {
        isKnown = true
        guard modules[module].isRecurrent == tensor.role.isRecurrent else {
          throw Failure(
            LEAT_E_MODEL,
            "tensor '\(file.name(of: tensor))': its module has tensors of a recurrent module and of nn.Linear"
          )
        }
      }
      if isKnown { continue }
      guard modules.append(Module(tensor: index, isRecurrent: tensor.role.isRecurrent)) else {
        throw Failure(
          LEAT_E_UNSUPPORTED, "more than \(modules.capacity) modules and activations in one model")
      }
    }
  }

  private mutating func orderByKind(_ file: borrowing Safetensors) throws(Failure) {
    let recurrent = recurrentCount
    guard recurrent == 1, count <= 2 else {
      throw Failure(
        LEAT_E_MODEL,
        "\(recurrent) recurrent and \(count - recurrent) nn.Linear modules: expected metadata 'leat.layers' to name them in order, as in 'lstm head.0:relu head.2'"
      )
    }
    if !modules[0].isRecurrent { swap(0, 1) }
  }

  private mutating func swap(_ a: Int, _ b: Int) {
    let module = modules[a]
    modules[a] = modules[b]
    modules[b] = module
  }

  // MARK: leat.layers

  private mutating func order(
    _ file: borrowing Safetensors, by layers: JSONString, _ format: Int
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
        try place(token, at: placed, file, format)
        placed += 1
        token = Text()
      }
    }
    guard placed == count else {
      throw Failure(
        LEAT_E_MODEL,
        "tensor '\(file.name(of: file.tensors[modules[placed].tensor]))': its module is missing from metadata 'leat.layers'"
      )
    }
  }

  /// Puts the module that `token` names, with an activation after a colon, in place `place`; or the
  /// activation alone, when there is no name before the colon.
  private mutating func place(
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
      if colon == 0 { return try insert(activation, at: place, format) }
    }
    for index in place..<max(place, count)
    where modules[index].tensor >= 0 && file.isModule(modules[index].tensor, name) {
      swap(place, index)
      modules[place].activation = activation
      if format < 2 { try checkFormat1(place, name) }
      return
    }
    throw Failure(
      LEAT_E_MODEL, "leat.layers: '\(name)' stands there twice, or no tensor belongs to it")
  }

  /// What the first version of the rules doesn't have, an older Leat would refuse.
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

  private mutating func insert(
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
      throw Failure(
        LEAT_E_UNSUPPORTED, "more than \(modules.capacity) modules and activations in one model")
    }
    swap(place, count - 1)
  }
}

extension Safetensors {
  /// The module's name of a tensor, as in `leat.layers`: "." when it has none.
  func moduleName(_ index: Int) -> Text {
    let tensor = tensors[index]
    guard tensor.prefixCount > 0, let name = Text(name(of: tensor)) else {
      var name = Text()
      _ = name.append(UInt8(ascii: "."))
      return name
    }
    return name.slice(0, Int(tensor.prefixCount) - 1)
  }

  func isNamed(_ index: Int, _ name: Text) -> Bool {
    guard let own = Text(self.name(of: tensors[index])) else { return false }
    return own == name
  }

  func isModule(_ index: Int, _ name: Text) -> Bool { moduleName(index) == name }

  func isSameModule(_ a: Int, _ b: Int) -> Bool { moduleName(a) == moduleName(b) }
}
