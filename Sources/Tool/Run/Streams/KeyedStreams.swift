// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// A stream for each key of a run's input, by the key's number.
final class KeyedStreams: RunStreams {
  private let model: Model
  private(set) var keysAtStart: KeyTable?
  var streams = Batch()
  private(set) var position: UInt64 = 0
  private var schedule: BatchSchedule
  private var statesBefore: [(stream: Int, state: State)] = []

  /// - Parameters:
  ///   - keys: an empty table
  ///   - capacity: the most samples of a block
  init(of model: Model, keys: KeyTable, capacity: Int) {
    (self.model, keysAtStart) = (model, keys)
    schedule = BatchSchedule(of: model, capacity: capacity)
  }

  var count: Int { streams.count }
  var state: State? { nil }

  func meet(_ keys: KeyTable?) throws {
    let count = keys?.count ?? 0
    while streams.count > count { _ = streams.remove(at: streams.count - 1) }
    while streams.count < count { streams.append(try ModelStream(of: model)) }
  }

  func step(_ block: SampleBlock) throws {
    try schedule.step(&streams, block)
    position += UInt64(block.count)
  }

  func keepStates(before block: SampleBlock) {
    statesBefore.removeAll(keepingCapacity: true)
    schedule.forEachStream(of: block) { stream in
      statesBefore.append((stream, streams.withStream(at: stream) { $0.state() }))
    }
  }

  func undo() throws {
    for (stream, state) in statesBefore {
      try streams.withStream(at: stream) { found in
        position -= found.position - state.position
        try found.load(state)
      }
    }
  }

  func reset(_ stream: Int) throws {
    try streams.withStream(at: stream) { try $0.resetState() }
  }

  func save(
    as name: String, in store: Store, cursor: [UInt8], _ options: SaveOptions
  ) throws {}

  func load(_ name: String, from store: Store) throws -> Checkpoint? { nil }
}
