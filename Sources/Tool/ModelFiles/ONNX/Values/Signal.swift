// SPDX-License-Identifier: MIT

/// A value that comes from the graph's input through a chain of layers.
struct Signal {
  enum Kind {
    case output, hidden, cell
  }

  /// Which axes have a known meaning: the first layer says which are the features, the first
  /// recurrent layer which are time and batch.
  enum Meaning {
    case none, feature, all
  }

  /// The graph's input at the start of the chain.
  var input: String
  /// Whether it comes from a recurrent layer's output, or from one of its states.
  var kind = Kind.output
  var axes: [Axis]
  var meaning = Meaning.none
  var time: Axis = []
  var batch: Axis = []
  var feature: Axis = []
  /// The axis of the input that the first layer takes as features, and its length.
  var inputFeature: Axis = []
  var inputSize: Int?
  /// The axis of time, if this is the last step only.
  var lastOf: Axis?
  var links: [Link] = []

  /// Whether it is the state of a recurrent layer, with nothing computed from it.
  var isState: Bool { links.last?.isRecurrent ?? false && kind != .output }

  /// The number of recurrent layers in the chain.
  var depth: Int { links.count(where: \.isRecurrent) }

  /// Whether the other value is one that this value's chain has passed.
  func hasPassed(_ other: Signal) -> Bool {
    input == other.input && links.count >= other.links.count
      && zip(links, other.links).allSatisfy { $0.identity == $1.identity }
  }

  /// The same axes, with the links that come before the others.
  func prefix(_ count: Int) -> Signal {
    var result = self
    result.links = Array(links.prefix(count))
    return result
  }

  var title: String { "[\(axes.map(\.title).joined(separator: ", "))]" }
}

/// A part of a chain. Two chains with a link of the same identity are the same up to it.
struct Link {
  enum Stage {
    case layer(Layer)
    case scale(ElementwiseScale)
    case addition(Addition)
  }

  /// Adds an earlier value.
  struct Addition {
    var source: String
    /// The number of values.
    var size: Int
    /// The identity of the link that gives the value; nil for the graph's input.
    var addend: Int?
    /// Only the first elements of the value, this many; nil for all.
    var first: Int?
  }

  let identity: Int
  var stage: Stage

  var isRecurrent: Bool {
    if case .layer(.recurrent) = stage { true } else { false }
  }

  var isScale: Bool { if case .scale = stage { true } else { false } }
}
