// SPDX-License-Identifier: MIT

/// The shape of a tensor whose elements are those of another one, and where they are in that.
struct Rearrangement {
  let shape: [Int]
  /// The coordinates in the source of coordinates in the result; nil when the order of elements
  /// stays.
  let source: (([Int]) -> [Int])?
  /// Whether axes of length 1 get another, unknown length.
  var hasUnknownLengths = false

  static func reshape(to shape: [Int]) -> Rearrangement { Self(shape: shape, source: nil) }

  static func transpose(_ shape: [Int], _ permutation: [Int]) -> Rearrangement {
    Self(shape: permutation.map { shape[$0] }) { coordinates in
      var result = coordinates
      for (to, from) in permutation.enumerated() { result[from] = coordinates[to] }
      return result
    }
  }

  /// The elements with these indices along an axis; of a single index without the axis, if that
  /// isn't kept.
  static func select(
    _ shape: [Int], _ indices: [Int], axis: Int, keepsAxis: Bool
  ) -> Rearrangement {
    let length = keepsAxis ? [indices.count] : []
    return Self(shape: shape[..<axis] + length + shape[(axis + 1)...]) { coordinates in
      var result = coordinates
      if !keepsAxis { result.insert(0, at: axis) }
      result[axis] = indices[result[axis]]
      return result
    }
  }

  /// Repeats elements; the old shape can be broadcast to the new one.
  static func expand(_ old: [Int], to shape: [Int]) -> Rearrangement {
    Self(shape: shape) { coordinates in
      zip(old, coordinates[(shape.count - old.count)...]).map { $0 == 1 ? 0 : $1 }
    }
  }

  /// The shape of two tensors together, by the broadcasting rules of NumPy; nil when they don't
  /// match.
  static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = max(a.count, b.count)
    let a = [Int](repeating: 1, count: rank - a.count) + a
    let b = [Int](repeating: 1, count: rank - b.count) + b
    var result: [Int] = []
    for (a, b) in zip(a, b) {
      guard a == b || a == 1 || b == 1 else { return nil }
      result.append(a == 1 ? b : a)
    }
    return result
  }

  /// A bound of the product of any of the lengths, even when one of them is 0; nil when it
  /// overflows, or a length is negative.
  static func bound(_ shape: [Int]) -> Int? {
    var bound = 1
    for length in shape {
      let (product, overflow) = bound.multipliedReportingOverflow(by: max(1, length))
      guard length >= 0, !overflow else { return nil }
      bound = product
    }
    return bound
  }
}
