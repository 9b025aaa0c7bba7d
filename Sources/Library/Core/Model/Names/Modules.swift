// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// A module of the file: all tensors with the same prefix. Or what `leat.layers` puts between
/// modules: an activation alone, or a sum.
struct Module: BitwiseCopyable {
  enum Contents: BitwiseCopyable { case recurrent, stateless, batchNorm, activation, sum }

  var contents: Contents
  /// A tensor of the module, by which its name is known.
  var tensor = TensorIndex()
  /// As `leat.layers` says it.
  var kind: ModuleKind?
  var activation = ChosenActivation()
  /// What a sum adds: a place in the list of modules, or -1 for the sample; and how many of its
  /// elements, 0 for all.
  var source: Int16 = 0
  @Compact var sourceSize = 0
  /// What the next module reads: the value after this module's layers, and after the activations
  /// and sums that follow it.
  var value: Int16 = 0

  var isRecurrent: Bool { contents == .recurrent }
}

/// The modules of a file in the order in which a sample passes through them.
struct Modules: ~Copyable {
  /// The most layers of a list, and the most modules.
  static var most: Int { 128 }

  let explanation: Explanation
  var modules: Table<Module>

  var count: Int { modules.count }

  subscript(index: Int) -> Module {
    get { modules[index] }
    nonmutating _modify { yield &modules[index] }
  }

  init(_ workspace: inout Workspace, _ explanation: Explanation) {
    self.explanation = explanation
    modules = Table(&workspace, capacity: Modules.most)
  }

  /// Finds the modules by the names of their tensors, and puts them in order: the order of the
  /// metadata's `leat.layers`, or a recurrent module before an `nn.Linear` if there is only one of
  /// each.
  mutating func readModules<Other: OtherLayers>(
    _ file: borrowing Safetensors, _: Other.Type, format: Int
  ) throws(Failure) {
    try findModules(file)
    guard recurrentCount > 0 else {
      throw explanation.failure(
        LEAT_E_MODEL,
        "no recurrent module, as nn.LSTM, in the file: expected a tensor 'weight_ih_l0' or 'NAME.weight_ih_l0'"
      )
    }
    var metadata = file.metadata
    while let entry = metadata.next() {
      if entry.key == "leat.layers" {
        try orderModules(file, Other.self, asListed: entry.value, format)
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
      let role = file.tensors[index].role
      guard role.isRecurrent || role.isStateless else { continue }
      var isKnown = false
      for place in 0..<count where file.isSameModule(modules[place].tensor.index, index) {
        isKnown = true
        guard modules[place].isRecurrent == role.isRecurrent else {
          throw file.failure(
            index, "its module has tensors of a recurrent module and of one that isn't")
        }
        if role.isOfBatchNorm { modules[place].contents = .batchNorm }
      }
      if isKnown { continue }
      let contents: Module.Contents =
        role.isRecurrent ? .recurrent : role.isOfBatchNorm ? .batchNorm : .stateless
      guard modules.append(Module(contents: contents, tensor: TensorIndex(index))) else {
        throw tooMany()
      }
    }
  }

  private mutating func orderByKind(_ file: borrowing Safetensors) throws(Failure) {
    let recurrent = recurrentCount
    guard recurrent == 1, count <= 2 else {
      throw explanation.failure(
        LEAT_E_MODEL,
        "\(recurrent) recurrent and \(count - recurrent) other modules: expected metadata 'leat.layers' to name them in order, as in 'lstm head.0:relu head.2'"
      )
    }
    if !modules[0].isRecurrent { swap(0, 1) }
  }

  func tooMany() -> Failure {
    explanation.failure(
      LEAT_E_UNSUPPORTED,
      "found more modules, activations and sums, expected at most \(modules.capacity)")
  }

  mutating func swap(_ a: Int, _ b: Int) {
    let module = modules[a]
    modules[a] = modules[b]
    modules[b] = module
  }
}
