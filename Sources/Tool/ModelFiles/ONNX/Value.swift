// SPDX-License-Identifier: MIT

/// A length that isn't 1: of the graph's input, or of what a layer puts out. Two of the same length
/// may mean different things, so each has an identity.
struct Factor: Hashable {
  let identity: Int
  /// nil when it isn't known before the model is run
  let size: Int?
  let name: String
}

/// An axis of what flows through the graph: the factors of its length, the slowest first. There are
/// none when the length is 1.
typealias Axis = [Factor]

extension Axis {
  /// nil when it isn't known before the model is run
  var size: Int? {
    var product = 1
    for factor in self {
      guard let size = factor.size else { return nil }
      let (result, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = result
    }
    return product
  }

  var title: String { isEmpty ? "1" : map(\.name).joined(separator: "·") }
}

/// An integer as shapes are computed from.
enum Length: Equatable {
  case known(Int)
  /// That of an axis whose length isn't known.
  case axis(Axis)
  case unknown

  init(_ axis: Axis) { self = axis.size.map { .known($0) } ?? .axis(axis) }

  var title: String {
    switch self {
    case .known(let value): "\(value)"
    case .axis(let axis): axis.title
    case .unknown: "?"
    }
  }
}

/// What comes from the graph's input through layers of the chain.
struct Signal {
  /// Which of an LSTM's outputs it has come through.
  enum Kind {
    case input, everyStep, lastStep, hidden, cell
  }

  enum Layer {
    case recurrent(LSTMLayer)
    case linear(LinearLayer)
  }

  /// The graph's input that it begins with.
  var input: String
  var kind = Kind.input
  var axes: [Axis]
  /// Known once it has passed an LSTM.
  var time: Axis = []
  var batch: Axis = []
  var feature: Axis = []
  /// The axis of the input that the first LSTM takes as features.
  var inputFeature: Axis = []
  var normalizer = Normalizer()
  var layers: [Layer] = []

  /// Whether it is the state of an LSTM layer, as it is.
  var isState: Bool {
    guard case .recurrent? = layers.last else { return false }
    return kind == .hidden || kind == .cell
  }

  private var recurrent: [LSTMLayer] {
    layers.compactMap { if case .recurrent(let layer) = $0 { layer } else { nil } }
  }

  /// How many LSTM layers it has come through.
  var depth: Int { recurrent.count }

  /// Whether a state is that of an LSTM layer which this has come through, too.
  func hasPassed(_ state: Signal) -> Bool {
    state.input == input && state.normalizer.sources == normalizer.sources
      && recurrent.starts(with: state.recurrent)
  }

  var title: String { "[\(axes.map(\.title).joined(separator: ", "))]" }
}

/// What an output of a node is.
enum Value {
  case floats(Dense<Float>)
  case integers(Dense<Length>)
  case signal(Signal)
  /// States of LSTM layers, one behind the other along the first axis.
  case states([Signal])
  /// A part of the graph's input of that name: an initial state.
  case part(String)
  /// What can't be understood, which matters when an output needs it.
  case refused(ModelFileError)

  var title: String {
    switch self {
    case .floats(let dense): "a constant of shape \(dense.shape)"
    case .integers(let dense): "integers of shape \(dense.shape)"
    case .signal(let signal): "what comes from input '\(signal.input)', \(signal.title)"
    case .states: "the states of LSTM layers"
    case .part(let name): "a part of input '\(name)'"
    case .refused: "what can't be converted"
    }
  }
}
