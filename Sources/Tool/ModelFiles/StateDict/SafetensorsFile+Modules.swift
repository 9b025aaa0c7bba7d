// SPDX-License-Identifier: MIT

/// What a file has as modules of PyTorch.
extension SafetensorsFile {
  /// For messages: 'lstm', 'head'
  public var moduleList: String { StateDict.list(modules) }

  /// `leat.layers`, or what a file without it is taken for.
  public var layers: String {
    metadata?["leat.layers"]
      ?? StateDict.proposed(modules, .recurrentFirst).joined(separator: " ")
  }

  private var modules: [StateDictModule] { StateDict(tensors, order: .recurrentFirst).modules }
}
