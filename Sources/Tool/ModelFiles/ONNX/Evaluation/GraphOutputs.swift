// SPDX-License-Identifier: MIT

/// The graph's outputs, and the network of one of them. States are outputs of many exports, but a
/// stream holds its state: so an output that is a state is chosen only when there is no other.
struct GraphOutputs {
  let evaluator: GraphEvaluator
  let names: [String]

  /// - Parameter wanted: the output's name; nil when there is only one
  func network(_ wanted: String?) throws -> Network {
    let name = try chosen(wanted)
    guard case .signal(let signal)? = evaluator.value(name), signal.depth > 0 else {
      if case .refused(let error)? = evaluator.value(name) { throw error }
      throw ModelFileError(
        "output '\(name)' is \(evaluator.value(name)?.title ?? "of no node"), expected what comes "
          + "from the input through an LSTM, a GRU or an RNN")
    }
    guard signal.kind != .cell else {
      throw ModelFileError("output '\(name)' is the cell state c_n, expected one that comes from h")
    }
    guard isPlain(signal) else {
      throw ModelFileError(
        "output '\(name)' is \(signal.title), expected the features of one step or of each, with "
          + "\(signal.feature.title) as the last axis")
    }
    var network = try signal.network()
    if wanted == nil { try expectStates(names.filter { $0 != name }, of: name, signal) }
    network.notes = notes(of: name, signal) + evaluator.notes
    return network
  }

  private func chosen(_ wanted: String?) throws -> String {
    if let wanted {
      guard names.contains(wanted) else {
        throw ModelFileError(
          "found no output '\(wanted)', expected one of \(names.joined(separator: ", "))")
      }
      return wanted
    }
    let candidates = names.filter { name in
      switch evaluator.value(name) {
      case .signal(let signal): !signal.isState
      case .states: false
      default: true
      }
    }
    for name in candidates {
      if case .refused(let error)? = evaluator.value(name) { throw error }
    }
    guard candidates.count <= 1 else {
      throw ModelFileError(
        "found \(candidates.count) outputs, \(candidates.joined(separator: ", ")), expected one; "
          + "name the output to convert: --output \(candidates[0])")
    }
    // If all are states, the h_n of the last layer.
    let hidden = names.filter { depth(ofHidden: $0) > 0 }
    guard
      let name = candidates.first ?? hidden.max(by: { depth(ofHidden: $0) < depth(ofHidden: $1) })
    else {
      throw ModelFileError(
        "has no output that comes from the input through an LSTM, a GRU or an RNN")
    }
    return name
  }

  /// The number of layers that an output h_n comes through; 0 for any other output.
  private func depth(ofHidden name: String) -> Int {
    guard case .signal(let signal)? = evaluator.value(name), signal.kind == .hidden else {
      return 0
    }
    return signal.depth
  }

  /// The states in an output; none if it isn't a state.
  private func states(_ name: String) -> [Signal] {
    switch evaluator.value(name) {
    case .signal(let signal)? where signal.isState: [signal]
    case .states(let states)?: states
    default: []
    }
  }

  /// Refuses to leave out layers that only another output comes through.
  private func expectStates(
    _ others: [String], of name: String, _ signal: Signal
  ) throws {
    for other in others {
      for state in states(other) where !signal.hasPassed(state) {
        let kind = state.depth > signal.depth ? "more" : "other"
        throw ModelFileError(
          "output '\(other)' comes through \(kind) recurrent layers than '\(name)'; name the "
            + "output to convert")
      }
    }
  }

  /// Whether the axes are time and batch, in any order, then the features.
  private func isPlain(_ signal: Signal) -> Bool {
    var rest = signal.time + signal.batch
    for factor in signal.axes.flatMap({ $0 }) where !signal.feature.contains(factor) {
      guard let index = rest.firstIndex(of: factor) else { return false }
      rest.remove(at: index)
    }
    // A single feature needs no axis.
    return signal.feature.isEmpty || signal.axes.last == signal.feature
  }

  /// How to get what the source gives for one run, if that is the last step's, or of a fixed number of
  /// steps: then the model may have been trained on windows.
  private func windowNote(_ signal: Signal) -> String? {
    switch (signal.lastOf ?? signal.time).size {
    case 1?: nil
    case let steps?:
      "leat run --window \(steps) gives the output of each window of \(steps) steps, if the model was "
        + "trained on such windows"
    case nil where signal.lastOf != nil:
      "leat run --window W gives the output of each window of W steps, if the model was trained on "
        + "such windows"
    case nil: nil
    }
  }

  private func notes(of name: String, _ signal: Signal) -> [String] {
    var notes: [String] = []
    notes.append(
      signal.lastOf == nil
        ? "output '\(name)' is every step's, as Leat's are"
        : "output '\(name)' is the last step's of each run; Leat gives one for every step")
    notes.append(
      "the source begins each run with the initial state; a stream of Leat keeps its state from "
        + "step to step, until leat_stream_reset")
    if let note = windowNote(signal) { notes.append(note) }
    for other in names where other != name {
      let states = states(other)
      switch evaluator.value(other) {
      case _ where !states.isEmpty && states.allSatisfy(signal.hasPassed):
        notes.append("output '\(other)' is a state: leat_stream_get_state gives it")
      case .refused(let error)?:
        notes.append("output '\(other)' is not converted: \(error)")
      default:
        notes.append("output '\(other)' is not converted: '\(name)' was chosen")
      }
    }
    return notes
  }
}
