// SPDX-License-Identifier: MIT

/// Where a stream was saved, in bounded memory: when there are many, every second one is forgotten,
/// then every fourth and so on, and all are counted.
public struct Checkpoints: Sendable {
  /// Of every `stride`-th one.
  public private(set) var positions: [Double] = []

  /// How many there were.
  public private(set) var count = 0

  public private(set) var stride = 1

  private let capacity: Int

  /// - Parameter capacity: how many positions are kept at most, from 2
  public init(capacity: Int = 4096) {
    precondition(capacity >= 2)
    self.capacity = capacity
  }

  /// - Parameter x: where, as for the traces; what is not finite is counted only
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
