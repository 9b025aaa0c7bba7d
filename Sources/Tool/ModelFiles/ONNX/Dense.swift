// SPDX-License-Identifier: MIT

/// A tensor whose elements are there, row by row.
struct Dense<Element> {
  private(set) var shape: [Int]
  private(set) var elements: [Element]
  /// Whether axes of length 1 may stand for longer ones that are all the same, of a length which
  /// isn't known before the model is run: an initial state for each stream of a batch.
  var isSpread = false

  /// The shape must be that of so many elements.
  init(shape: [Int], elements: [Element]) {
    precondition(shape.reduce(1, *) == elements.count)
    (self.shape, self.elements) = (shape, elements)
  }

  /// What no product of some of the lengths is above, also where one of them is 0; nil when that
  /// can't be counted, or one is negative.
  static func bound(_ shape: [Int]) -> Int? {
    var bound = 1
    for length in shape {
      let (product, overflow) = bound.multipliedReportingOverflow(by: max(1, length))
      guard length >= 0, !overflow else { return nil }
      bound = product
    }
    return bound
  }

  init(_ element: Element) { self.init(shape: [], elements: [element]) }

  func map<Other>(_ transform: (Element) throws -> Other) rethrows -> Dense<Other> {
    var result = Dense<Other>(shape: shape, elements: try elements.map(transform))
    result.isSpread = isSpread
    return result
  }

  func reshaped(_ shape: [Int]) -> Dense {
    var result = Dense(shape: shape, elements: elements)
    result.isSpread = isSpread
    return result
  }

  /// A tensor of another shape, each element of which is one of this.
  ///
  /// - Parameter place: coordinates in this of coordinates in the result
  private func gathered(_ shape: [Int], _ place: ([Int]) -> [Int]) -> Dense {
    var elements: [Element] = []
    let count = shape.reduce(1, *)
    elements.reserveCapacity(count)
    var coordinates = [Int](repeating: 0, count: shape.count)
    for _ in 0..<count {
      var index = 0
      for (size, coordinate) in zip(self.shape, place(coordinates)) {
        index = index * size + coordinate
      }
      elements.append(self.elements[index])
      for axis in shape.indices.reversed() {
        coordinates[axis] += 1
        if coordinates[axis] < shape[axis] { break }
        coordinates[axis] = 0
      }
    }
    var result = Dense(shape: shape, elements: elements)
    result.isSpread = isSpread
    return result
  }

  func transposed(_ permutation: [Int]) -> Dense {
    gathered(permutation.map { shape[$0] }) { coordinates in
      var result = coordinates
      for (to, from) in permutation.enumerated() { result[from] = coordinates[to] }
      return result
    }
  }

  /// The elements with these indices along an axis.
  func picked(_ indices: [Int], axis: Int) -> Dense {
    var shape = shape
    shape[axis] = indices.count
    return gathered(shape) { coordinates in
      var result = coordinates
      result[axis] = indices[coordinates[axis]]
      return result
    }
  }

  /// The shape of this and another one together, by the rules of NumPy; nil when they don't match.
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

  /// Repeated to a shape that this one can be broadcast to.
  func expanded(_ shape: [Int]) -> Dense {
    let skipped = shape.count - self.shape.count
    return gathered(shape) { coordinates in
      zip(self.shape, coordinates[skipped...]).map { $0 == 1 ? 0 : $1 }
    }
  }

  /// One behind the other along an axis. All other lengths must be the same.
  static func concatenated(_ parts: [Dense], axis: Int) -> Dense {
    var shape = parts[0].shape
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    var elements: [Element] = []
    for row in 0..<outer {
      for part in parts {
        let length = part.shape[axis] * inner
        elements += part.elements[row * length..<(row + 1) * length]
      }
    }
    var result = Dense(shape: shape, elements: elements)
    result.isSpread = parts.contains(where: \.isSpread)
    return result
  }
}
