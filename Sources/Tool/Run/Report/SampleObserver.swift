// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// Gets the samples and outputs of a run.
protocol SampleObserver: AnyObject {
  /// Called before anything is written, to refuse a run that it can't observe.
  func check(_ layout: RunLayout, _ model: Model) throws
  /// Called once, before the first block.
  func begin(_ description: RunDescription) throws
  /// Called after each block was stepped. It has at least one sample, and is used again afterwards.
  ///
  /// - Parameter position: of its first sample in the stream
  func observe(_ block: SampleBlock, position: UInt64) throws
  /// Called when a checkpoint has become durable.
  func checkpoint(position: UInt64, time: Int64) throws
  /// Called once, after all samples, also when a malformed line or a signal ended the run.
  func finish() throws
}

/// What is known about a run before its first sample.
struct RunDescription {
  /// One for each of the model's inputs and outputs.
  let inputNames: [String]
  let outputNames: [String]
  /// The column of times; without one the block's times aren't set.
  let timeName: String?
  /// The stream's position at this run's first sample.
  let position: UInt64
  /// The samples and outputs of earlier runs, where they can be read again.
  let past: PastSamples?
  /// Starts, resumes and kills of the stream; the last is this start or resume.
  let history: History
}
