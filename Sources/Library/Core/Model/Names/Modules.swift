// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// A module of the file: all tensors with the same prefix. Or an activation that `leat.layers`
/// names, which has no tensor.
struct Module {
  /// A tensor of the module, by which its name is known.
  var tensor = TensorIndex()
  var isRecurrent = false
  var activation = Activation.none
}

/// The modules of a file in the order in which a sample passes through them.
struct Modules: ~Copyable {
  var modules: Table<Module>

  var count: Int { modules.count }

  subscript(index: Int) -> Module { modules[index] }

  init(_ workspace: inout Workspace) {
    modules = Table(&workspace, capacity: Architecture.mostLayers)
  }

  /// Finds the modules by the names of their tensors, and puts them in order: the order of the
  /// metadata's `leat.layers`, or a recurrent module before an `nn.Linear` if there is only one of
  /// each.
  mutating func readModules(_ file: borrowing Safetensors, format: Int) throws(Failure) {
    try findModules(file)
    guard recurrentCount > 0 else {
      throw Failure(
        LEAT_E_MODEL,
        "no recurrent module, as nn.LSTM, in the file: expected a tensor 'weight_ih_l0' or 'NAME.weight_ih_l0'"
      )
    }
    var metadata = file.metadata
    while let entry = metadata.next() {
      if entry.key == "leat.layers" {
        try orderModules(file, asListed: entry.value, format)
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

  private mutating func findModules(_ file: borrowing Safetensors) throws(Failure) {
    for index in 0..<file.tensors.count {
      let tensor = file.tensors[index]
      guard tensor.role.isRecurrent || tensor.role.isLinear else { continue }
      var isKnown = false
      for module in 0..<count where file.isSameModule(modules[module].tensor.index, index) {
        isKnown = true
        guard modules[module].isRecurrent == tensor.role.isRecurrent else {
          throw file.failure(
            index, "its module has tensors of a recurrent module and of nn.Linear")
        }
      }
      if isKnown { continue }
      guard modules.append(Module(tensor: TensorIndex(index), isRecurrent: tensor.role.isRecurrent))
      else {
        throw tooMany()
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

  func tooMany() -> Failure {
    Failure(
      LEAT_E_UNSUPPORTED, "found more modules and activations, expected at most \(modules.capacity)"
    )
  }

  mutating func swap(_ a: Int, _ b: Int) {
    let module = modules[a]
    modules[a] = modules[b]
    modules[b] = module
  }
}
