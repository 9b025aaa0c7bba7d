// SPDX-License-Identifier: MIT

/// A tensor with known elements, row-major.
struct ConstantTensor<Element> {
  private(set) var shape: [Int]
  private(set) var elements: [Element]
  /// Whether axes of length 1 may have another length that isn't known before the model is run,
  /// with all elements along them the same: an initial state for each stream of a batch.
  var hasUnknownLengths = false

  /// - Parameter elements: as many as the shape says
  init(shape: [Int], elements: [Element]) {
    precondition(shape.reduce(1, *) == elements.count)
    (self.shape, self.elements) = (shape, elements)
  }

  init(_ element: Element) { self.init(shape: [], elements: [element]) }

  init(_ elements: [Element]) { self.init(shape: [elements.count], elements: elements) }

  var lengths: [Length] {
    shape.map { hasUnknownLengths && $0 == 1 ? .unknown : .known($0) }
  }

  func map<Other>(_ transform: (Element) throws -> Other) rethrows -> ConstantTensor<Other> {
    var result = ConstantTensor<Other>(shape: shape, elements: try elements.map(transform))
    result.hasUnknownLengths = hasUnknownLengths
    return result
  }

  func rearranged(_ rearrangement: Rearrangement) -> ConstantTensor {
    let shape = rearrangement.shape
    var elements = self.elements
    if let source = rearrangement.source {
      let count = shape.reduce(1, *)
      elements = []
      elements.reserveCapacity(count)
      var coordinates = [Int](repeating: 0, count: shape.count)
      for _ in 0..<count {
        var index = 0
        for (size, coordinate) in zip(self.shape, source(coordinates)) {
          index = index * size + coordinate
        }
        elements.append(self.elements[index])
        for axis in shape.indices.reversed() {
          coordinates[axis] += 1
          if coordinates[axis] < shape[axis] { break }
          coordinates[axis] = 0
        }
      }
    }
    var result = ConstantTensor(shape: shape, elements: elements)
    result.hasUnknownLengths = hasUnknownLengths || rearrangement.hasUnknownLengths
    return result
  }

  func expanded(to shape: [Int]) -> ConstantTensor {
    rearranged(.expand(self.shape, to: shape))
  }

  /// The transpose of a matrix.
  var transposed: ConstantTensor {
    var result = ConstantTensor(
      shape: [shape[1], shape[0]], elements: elements.transposed(rows: shape[0], columns: shape[1]))
    result.hasUnknownLengths = hasUnknownLengths
    return result
  }

  /// The tensors one after the other along an axis. All other lengths must be the same.
  static func concatenated(_ parts: [ConstantTensor], axis: Int) -> ConstantTensor {
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
    var result = ConstantTensor(shape: shape, elements: elements)
    result.hasUnknownLengths = parts.contains(where: \.hasUnknownLengths)
    return result
  }
}
