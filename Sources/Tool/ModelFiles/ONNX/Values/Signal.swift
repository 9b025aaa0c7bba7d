// SPDX-License-Identifier: MIT

/// A value that comes from the graph's input through a chain of layers.
struct Signal {
  /// The output of the last LSTM that it comes from.
  enum Kind {
    case input, everyStep, lastStep, hidden, cell
  }

  /// The graph's input at the begin of the chain.
  var input: String
  var kind = Kind.input
  var axes: [Axis]
  /// The meaning of the axes, known after the first LSTM.
  var time: Axis = []
  var batch: Axis = []
  var feature: Axis = []
  /// The axis of the input that the first LSTM takes as features.
  var inputFeature: Axis = []
  var normalizer = Normalizer()
  var layers: [Layer] = []

  /// Whether it is the state of an LSTM layer, with nothing computed from it.
  var isState: Bool {
    guard case .recurrent? = layers.last else { return false }
    return kind == .hidden || kind == .cell
  }

  private var recurrentLayers: [RecurrentLayer] {
    layers.compactMap { if case .recurrent(let layer) = $0 { layer } else { nil } }
  }

  /// The number of LSTM layers in the chain.
  var depth: Int { recurrentLayers.count }

  /// Whether the LSTM layer of a state is in this chain.
  func hasPassed(_ state: Signal) -> Bool {
    state.input == input && state.normalizer.sources == normalizer.sources
      && recurrentLayers.starts(with: state.recurrentLayers)
  }

  var title: String { "[\(axes.map(\.title).joined(separator: ", "))]" }
}
