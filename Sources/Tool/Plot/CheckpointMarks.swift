// SPDX-License-Identifier: MIT

/// Where a stream was saved, in bounded memory: all checkpoints are counted, and of many only every
/// second, fourth, eighth and so on is kept.
public struct CheckpointMarks: Sendable {
  /// Of every `stride`-th checkpoint.
  public private(set) var positions: [Double] = []

  /// All checkpoints, kept or not.
  public private(set) var count = 0

  public private(set) var stride = 1

  private let capacity: Int

  /// - Parameter capacity: the most positions that are kept, from 2
  public init(capacity: Int = 4096) {
    precondition(capacity >= 2)
    self.capacity = capacity
  }

  /// - Parameter x: as for the traces; if it is not finite, the checkpoint is only counted
  public mutating func append(_ x: Double) {
    if count.isMultiple(of: stride), x.isFinite {
      if positions.count == capacity {
        positions = Swift.stride(from: 0, to: capacity, by: 2).map { positions[$0] }
        stride *= 2
      }
      if count.isMultiple(of: stride) { positions.append(x) }
    }
    count += 1
  }
}
