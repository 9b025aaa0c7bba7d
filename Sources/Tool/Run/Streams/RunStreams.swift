// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// What takes in the samples of a run: one stream, or one for each key of its input.
protocol RunStreams: AnyObject {
  /// How many streams it has.
  var count: Int { get }
  /// Samples that were taken in, on all streams.
  var position: UInt64 { get }
  /// The state, if it is one stream's.
  var state: State? { get }
  /// The keys that a store had; nil when all samples belong to one stream.
  var keysAtStart: KeyTable? { get }

  /// Makes the streams whose keys a reader has found, and forgets those that it hasn't.
  func meet(_ keys: KeyTable?) throws

  /// Takes in a block, and notes in it which samples have an output: the same bits as if each stream
  /// were alone.
  func step(_ block: SampleBlock) throws

  /// How many samples, from the next one on, have so many outputs, as far as that is known.
  func sampleCount(ofOutputs outputs: UInt64) -> UInt64

  /// Keeps the states of the block's streams, for `undo`.
  func keepStates(before block: SampleBlock)

  /// Sets the streams back to the states that were kept.
  func undo() throws

  /// Sets a stream back to its beginning; its position stays, as it counts samples.
  func reset(_ stream: Int) throws

  /// Writes a checkpoint.
  func save(
    as name: String, in store: Store, cursor: [UInt8], _ options: SaveOptions
  ) throws

  /// Goes to the newest checkpoint that a store has.
  ///
  /// - Returns: nil when it has none
  func load(_ name: String, from store: Store) throws -> Checkpoint?
}
