// SPDX-License-Identifier: MIT

import LeatSamples

/// Sees what a run takes in and puts out.
protocol SampleObserver: AnyObject {
  /// Called before anything is written: whether it can see such a run.
  func check(_ layout: RunLayout, _ model: Model) throws
  /// Called once, before the first block.
  func begin(_ description: RunDescription) throws
  /// Called after each block was stepped, with at least one sample in it; it changes afterwards.
  ///
  /// - Parameter position: of its first sample in the stream
  func see(_ block: SampleBlock, position: UInt64) throws
  /// Called when a checkpoint has become durable.
  func checkpoint(position: UInt64, time: Int64) throws
  /// Called once, when all samples were seen, also when a malformed line or a signal ended the run.
  func finish() throws
}

/// What is known of a run before its first sample.
struct RunDescription {
  /// Of each of the model's inputs and outputs.
  let inputNames: [String]
  let outputNames: [String]
  /// The column of times; without one the block's times aren't set.
  let timeName: String?
  /// Of the stream's first sample in this run.
  let position: UInt64
  /// What earlier runs took in and put out, where that can be read again.
  let past: PastSamples?
  /// Starts, resumes and kills of a stream in a store, this start or resume the last.
  let history: History
}
