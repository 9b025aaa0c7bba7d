// SPDX-License-Identifier: MIT

import LeatSupport
import LeatKernel

/// The SHA-256 of everything that decides a model's outputs: its architecture, its weights as
/// floats or as integers, and the version of the arithmetic. How the file is written doesn't
/// matter: names, order, metadata, and F16 or F32, since F16 is widened exactly.
/// Documentation/Formats.md lists every byte.
struct FingerprintHasher: ~Copyable {
  /// Raised when the same model gives other bits.
  static var arithmeticVersion: UInt32 { 3 }

  private var hash = SHA256()

  /// Begins with the bytes that every fingerprint has.
  init() {
    let magic: StaticString = "LeatModl"
    magic.withUTF8Buffer { utf8 in
      for index in utf8.indices { hash.update(unsafe utf8[index]) }
    }
    hash.update(FingerprintHasher.arithmeticVersion)
  }

  consuming func finish() -> InlineArray<32, UInt8> { hash.finish() }

  /// Not inlined, to keep the library small.
  @inline(never)
  mutating func addNumber(_ number: Int) { hash.update(UInt32(number)) }

  mutating func addFloat(_ value: Float) { hash.update(value.bitPattern) }

  mutating func addDouble(_ value: Double) {
    hash.update(UInt32(truncatingIfNeeded: value.bitPattern))
    hash.update(UInt32(truncatingIfNeeded: value.bitPattern >> 32))
  }

  mutating func addTensor(_ file: borrowing Safetensors, _ tensor: TensorIndex) {
    let weights = WeightReader(file, tensor)
    guard file.isQuantized(tensor.index) else {
      if let bytes = weights.bytesOfFloat32 { return hash.update(bytes) }
      for element in 0..<weights.count { hash.update(weights[element].bitPattern) }
      return
    }
    for element in 0..<weights.count {
      hash.update(UInt8(bitPattern: weights.integer(element)))
    }
    for row in 0..<Int(file.tensors[tensor.index].shape.sizes[0]) {
      hash.update(weights.scale(ofRow: row).bitPattern)
    }
  }

  /// A tensor with a number for each of `size` elements, or one for all.
  mutating func addForEach(_ file: borrowing Safetensors, _ tensor: TensorIndex, _ size: Int) {
    let values = WeightReader(file, tensor)
    for element in 0..<size { hash.update(values.forEach(element).bitPattern) }
  }

  /// One row of a tensor.
  mutating func addRow(
    _ file: borrowing Safetensors, _ tensor: TensorIndex, row: Int, _ size: Int
  ) {
    let weights = WeightReader(file, tensor)
    for element in row * size..<(row + 1) * size { hash.update(weights[element].bitPattern) }
  }
}
