// SPDX-License-Identifier: MIT

/// One trace in bounded memory, however long it gets.
///
/// Values come in order into buckets of equal length. When all buckets are full, neighbours merge
/// and the length doubles. A bucket knows its smallest and its largest value and where each was: a
/// spike of a single sample is neither hidden nor moved, whatever came before and after it.
public struct Envelope: Sendable {
  /// Values that follow one another.
  public struct Bucket: Sendable, Equatable {
    /// How many values, those missing not among them.
    public internal(set) var count = 0
    /// How many are missing: the line is interrupted here.
    public internal(set) var missing = 0
    /// Where the bucket begins and ends, values missing included.
    public internal(set) var first: Double
    public internal(set) var last: Double
    /// The smallest and the largest value; NaN where `count` is 0.
    public internal(set) var minimum = Float.nan
    public internal(set) var maximum = Float.nan
    /// Where they were, the first time.
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

    /// Takes in the one that follows.
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

  /// How many values have been appended, those missing among them.
  public private(set) var count = 0

  /// Samples to a bucket, the last one excepted.
  public private(set) var length = 1

  private let capacity: Int

  /// - Parameter capacity: how many buckets there are at most, an even number from 2; each has 56
  ///   bytes here, and up to 22 in an HTML file. More than pixels leave something to zoom in to.
  public init(capacity: Int = 4096) {
    precondition(capacity >= 2 && capacity.isMultiple(of: 2))
    self.capacity = capacity
  }

  /// A capacity that suits a chart of so many traces: few have room to zoom in to single samples,
  /// many don't make a file of many megabytes.
  public static func capacity(traces: Int) -> Int {
    min(max(131_072 / max(1, traces) / 2 * 2, 2048), 32_768)
  }

  /// - Parameters:
  ///   - value: what is not finite is missing, and leaves a gap
  ///   - x: where, not before the last one; when it is not finite, the value is missing
  public mutating func append(_ value: Float, at x: Double) {
    let sample =
      x.isFinite ? Bucket(value, at: x) : Bucket(.nan, at: buckets.last?.last ?? 0)
    if !count.isMultiple(of: length) {
      buckets[buckets.count - 1].merge(sample)
    } else {
      if buckets.count == capacity { mergeNeighbours() }
      // Capacity is even: the last bucket is full after merging, too.
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
