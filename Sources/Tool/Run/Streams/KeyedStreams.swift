// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// A stream for each key of a run's input.
///
/// The batch's first stream is none of them, and stays at position 0: in a store the streams are a
/// group, which has at least one member, and a run is saved before its first row.
final class KeyedStreams: RunStreams {
  /// The index in the batch of the first key's stream.
  private static let first = 1

  private let model: Model
  private let windows: Windows?
  private(set) var keysAtStart: KeyTable?
  var streams = Batch()
  private(set) var position: UInt64 = 0
  private var schedule: BatchSchedule
  private var statesBefore: [(index: Int, state: State)] = []
  /// What the members' names in a store begin with; nil without a store.
  let prefix: String?
  /// The members' names; empty without a store.
  private(set) var members: [String] = []
  /// Whether each stream has changed since the last checkpoint.
  var changed: [Bool] = []

  /// - Parameters:
  ///   - keys: an empty table
  ///   - name: of the group in a store; nil without a store
  ///   - capacity: the most samples of a block
  init(of model: Model, in windows: Windows?, keys: KeyTable, name: String?, capacity: Int) throws {
    (self.model, self.windows) = (model, windows)
    (keysAtStart, prefix) = (keys, name.map { $0 + "/" })
    schedule = BatchSchedule(of: model, first: Self.first, capacity: capacity)
    try addStream(key: "")
  }

  var count: Int { streams.count - Self.first }
  var state: State? { nil }

  func meet(_ keys: KeyTable?) throws {
    let keyCount = keys?.count ?? 0
    while count > keyCount { removeLast() }
    while count < keyCount { try addStream(key: keys?[count] ?? "") }
  }

  private func addStream(key: String) throws {
    streams.append(try ModelStream(of: model, in: windows))
    if let prefix { members.append(prefix + key) }
    changed.append(true)
  }

  private func removeLast() {
    _ = streams.remove(at: streams.count - 1)
    if prefix != nil { members.removeLast() }
    changed.removeLast()
  }

  func step(_ block: SampleBlock) throws {
    block.outputFlags = windows == nil ? nil : outputFlags(block)
    try schedule.step(&streams, block)
    schedule.forEachStream(of: block) { changed[$0] = true }
    position += UInt64(block.count)
  }

  private func outputFlags(_ block: SampleBlock) -> [Bool] {
    var flags = [Bool](repeating: false, count: block.count)
    schedule.forEachRow(of: block) { row, index, before in
      flags[row] = streams.withStream(at: index) {
        $0.hasOutput(at: $0.position + UInt64(before))
      }
    }
    return flags
  }

  /// The rows of many streams don't tell how many samples of each there were.
  func sampleCount(ofOutputs outputs: UInt64) -> UInt64 { outputs }

  func reset(_ stream: Int) throws {
    try streams.withStream(at: stream + Self.first) { try $0.resetState() }
    changed[stream + Self.first] = true
  }

  // MARK: Undoing

  func keepStates(before block: SampleBlock) {
    statesBefore.removeAll(keepingCapacity: true)
    schedule.forEachStream(of: block) { index in
      statesBefore.append((index, streams.withStream(at: index) { $0.state() }))
    }
  }

  func undo() throws {
    for (index, state) in statesBefore {
      try streams.withStream(at: index) { stream in
        position -= stream.position - state.position
        try stream.load(state)
      }
    }
  }

  // MARK: Loading

  /// Makes the streams of a group's members.
  func setMembers(_ names: [String]) throws {
    guard let prefix, var keys = keysAtStart, names.first == prefix,
      names.allSatisfy({ $0.utf8.starts(with: prefix.utf8) })
    else { throw SampleError("the group is another program's: its members have other names") }
    let most = keys.most
    for name in names.dropFirst() {
      guard keys.add(String(Substring(name.utf8.dropFirst(prefix.utf8.count)))) else {
        throw SampleError(
          keys.count == most
            ? "found \(names.count - Self.first) streams, more than the \(most) that \(keys.remedy)"
            : "the group is another program's: '\(name)' is no stream of a key")
      }
    }
    keysAtStart = keys
    try meet(keys)
  }

  /// After a checkpoint was loaded.
  func setLoaded() {
    position = 0
    for index in 0..<streams.count {
      position += streams.withStream(at: index) { $0.position }
      changed[index] = false
    }
  }
}
