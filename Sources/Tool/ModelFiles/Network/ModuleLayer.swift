// SPDX-License-Identifier: MIT

/// A tensor of a module, without the module's name.
typealias ModuleTensor = (name: String, shape: [Int], values: [Float])

/// A layer with tensors, which a file names as a module of PyTorch.
protocol ModuleLayer {
  var source: String { get }
  /// The module's name in the file: a number follows where there are several of a kind.
  var name: String { get }
  /// The kind that `leat.layers` has to say, since the tensors don't; nil otherwise.
  var kind: String? { get }
  var tensors: [ModuleTensor] { get }
  /// The arguments that aren't the default, for `leat.MODULE.ARGUMENT`.
  var arguments: [(name: String, value: String)] { get }
}

extension ModuleLayer {
  var kind: String? { nil }
  var arguments: [(name: String, value: String)] { [] }
}
