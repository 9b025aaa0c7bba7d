// SPDX-License-Identifier: MIT

/// One trace in bounded memory, of any length.
///
/// Values come in order into buckets of equal length. When all buckets are full, neighbours merge
/// and the length doubles. A bucket knows its smallest and its largest value and where each was: a
/// spike of a single sample is neither hidden nor moved, whatever came before and after it.
public struct Envelope: Sendable {
  /// Values that follow one another.
  public struct Bucket: Sendable, Equatable {
    /// Values that are not missing.
    public internal(set) var count = 0
    /// Missing values, which interrupt the line.
    public internal(set) var missing = 0
    /// Where its first and its last value are, missing ones included.
    public internal(set) var first: Double
    public internal(set) var last: Double
    /// The smallest and the largest value; NaN where `count` is 0.
    public internal(set) var minimum = Float.nan
    public internal(set) var maximum = Float.nan
    /// Where they were first.
    public internal(set) var minimumAt: Double
    public internal(set) var maximumAt: Double

    init(_ value: Float, at x: Double) {
      (first, last, minimumAt, maximumAt) = (x, x, x, x)
      if value.isFinite {
        (count, minimum, maximum) = (1, value, value)
      } else {
        missing = 1
      }
    }

    /// Adds the bucket that follows.
    mutating func merge(_ next: Bucket) {
      last = next.last
      missing += next.missing
      guard next.count > 0 else { return }
      if count == 0 || next.minimum < minimum {
        (minimum, minimumAt) = (next.minimum, next.minimumAt)
      }
      if count == 0 || next.maximum > maximum {
        (maximum, maximumAt) = (next.maximum, next.maximumAt)
      }
      count += next.count
    }
  }

  public private(set) var buckets: [Bucket] = []

  /// Appended values, missing ones included.
  public private(set) var count = 0

  /// Samples in each bucket but the last.
  public private(set) var length = 1

  private let capacity: Int

  /// - Parameter capacity: the most buckets, an even number from 2. A bucket has 56 bytes in memory
  ///   and up to 22 in an HTML file. More buckets than pixels leave detail to zoom in to.
  public init(capacity: Int = 4096) {
    precondition(capacity >= 2 && capacity.isMultiple(of: 2))
    self.capacity = capacity
  }

  /// A capacity for a chart of so many traces. A few traces have enough buckets to zoom in to
  /// single samples; many traces have fewer, so that a page has only a few megabytes.
  public static func capacity(traces: Int) -> Int {
    min(max(131_072 / max(1, traces) / 2 * 2, 2048), 32_768)
  }

  /// - Parameters:
  ///   - value: missing if it is not finite, which leaves a gap
  ///   - x: at the last place or after it; the value is missing if this is not finite
  public mutating func append(_ value: Float, at x: Double) {
    let sample =
      x.isFinite ? Bucket(value, at: x) : Bucket(.nan, at: buckets.last?.last ?? 0)
    if !count.isMultiple(of: length) {
      buckets[buckets.count - 1].merge(sample)
    } else {
      if buckets.count == capacity { mergeNeighbours() }
      // The capacity is even, so that the last bucket is full after merging.
      buckets.append(sample)
    }
    count += 1
  }

  private mutating func mergeNeighbours() {
    for index in 0..<capacity / 2 {
      buckets[index] = buckets[2 * index]
      buckets[index].merge(buckets[2 * index + 1])
    }
    buckets.removeLast(capacity / 2)
    length *= 2
  }
}
