// SPDX-License-Identifier: MIT

/// What the graph's outputs are, and which of them the library is to give.
struct Outputs {
  let walk: Walk
  let names: [String]

  /// - Parameter wanted: the output's name, where there is a choice
  func network(_ wanted: String?) throws -> Network {
    let name = try chosen(wanted)
    guard case .signal(let signal)? = walk.value(name), !signal.layers.isEmpty else {
      if case .refused(let error)? = walk.value(name) { throw error }
      throw ModelFileError(
        "output '\(name)' is \(walk.value(name)?.title ?? "not made by any node"); expected what "
          + "comes from the input through an LSTM")
    }
    guard signal.kind != .cell else {
      throw ModelFileError("output '\(name)' is the cell state c_n; expected one that comes from h")
    }
    guard isPlain(signal) else {
      throw ModelFileError(
        "output '\(name)' is \(signal.title): not the features of one step, or of each; expected "
          + "the last axis to be \(signal.feature.title)")
    }
    var network = Network()
    for layer in signal.layers {
      switch layer {
      case .recurrent(let layer): network.recurrent.append(layer)
      case .linear(let layer): network.linear.append(layer)
      }
    }
    network.normalizer = try normalizer(signal, network)
    if wanted == nil { try expectStates(names.filter { $0 != name }, of: name, signal) }
    network.notes = notes(of: name, signal) + walk.notes
    return network
  }

  private func chosen(_ wanted: String?) throws -> String {
    if let wanted {
      guard names.contains(wanted) else {
        throw ModelFileError(
          "there is no output '\(wanted)'; there are \(names.joined(separator: ", "))")
      }
      return wanted
    }
    // States are the stream's, and need no output.
    let candidates = names.filter { name in
      switch walk.value(name) {
      case .signal(let signal): !signal.isState
      case .states: false
      default: true
      }
    }
    for name in candidates {
      if case .refused(let error)? = walk.value(name) { throw error }
    }
    guard candidates.count <= 1 else {
      throw ModelFileError(
        "has \(candidates.count) outputs, \(candidates.joined(separator: ", ")), expected one; "
          + "choose it with --output")
    }
    // Of h_n alone the last layer's, wherever it's listed.
    let hidden = names.filter { depth(ofHidden: $0) > 0 }
    guard
      let name = candidates.first ?? hidden.max(by: { depth(ofHidden: $0) < depth(ofHidden: $1) })
    else {
      throw ModelFileError("has no output that comes from the input through an LSTM")
    }
    return name
  }

  /// How many layers an output h_n has come through; 0 of any other output.
  private func depth(ofHidden name: String) -> Int {
    guard case .signal(let signal)? = walk.value(name), signal.kind == .hidden else { return 0 }
    return signal.depth
  }

  /// The states that an output is made of; none when it's anything else.
  private func states(_ name: String) -> [Signal] {
    switch walk.value(name) {
    case .signal(let signal)? where signal.isState: [signal]
    case .states(let states)?: states
    default: []
    }
  }

  /// Refuses to leave out layers that only another output has come through.
  private func expectStates(
    _ others: [String], of name: String, _ signal: Signal
  ) throws {
    for other in others {
      for state in states(other) where !signal.hasPassed(state) {
        let kind = state.depth > signal.depth ? "more" : "other"
        throw ModelFileError(
          "output '\(other)' comes through \(kind) LSTM layers than '\(name)'; choose one with "
            + "--output")
      }
    }
  }

  /// Whether the axes are time and batch, in any order, and then the features.
  private func isPlain(_ signal: Signal) -> Bool {
    var left = signal.time + signal.batch
    for factor in signal.axes.flatMap({ $0 }) where !signal.feature.contains(factor) {
      guard let index = left.firstIndex(of: factor) else { return false }
      left.remove(at: index)
    }
    // A feature that is the only one needs no axis.
    return signal.feature.isEmpty || signal.axes.last == signal.feature
  }

  private func normalizer(
    _ signal: Signal, _ network: Network
  ) throws -> (source: String, mean: [Float], deviation: [Float])? {
    guard let count = network.recurrent.first?.inputSize, !signal.normalizer.isEmpty else {
      return nil
    }
    return try signal.normalizer.resolved(signal.inputFeature, count: count)
  }

  private func notes(of name: String, _ signal: Signal) -> [String] {
    var notes: [String] = []
    switch signal.kind {
    case .lastStep, .hidden:
      notes.append(
        "output '\(name)' is the last step's of each run; Leat gives the same of every step")
    default:
      notes.append("output '\(name)' is every step's, as Leat's")
    }
    notes.append(
      "the source begins each run with the initial state; a stream of Leat goes on from step to "
        + "step, until leat_stream_reset")
    for other in names where other != name {
      let states = states(other)
      switch walk.value(other) {
      case _ where !states.isEmpty && states.allSatisfy(signal.hasPassed):
        notes.append("output '\(other)' is a state: leat_stream_get_state gives it")
      case .refused(let error)?:
        notes.append("output '\(other)' is not converted: \(error)")
      default:
        notes.append("output '\(other)' is not converted: --output chose '\(name)'")
      }
    }
    return notes
  }
}
