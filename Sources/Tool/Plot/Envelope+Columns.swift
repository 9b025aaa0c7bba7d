// SPDX-License-Identifier: MIT

extension Envelope {
  /// The buckets of each column of pixels, merged into one.
  ///
  /// The page's script has the same rule for a zoomed view.
  func columns(_ x: Scale, width: Double) -> [Bucket] {
    var result: [Bucket] = []
    var column: Int?
    for bucket in buckets {
      let next = Int((x((bucket.first + bucket.last) / 2) / width).rounded(.down))
      if next == column {
        result[result.count - 1].merge(bucket)
      } else {
        result.append(bucket)
      }
      column = next
    }
    return result
  }
}
