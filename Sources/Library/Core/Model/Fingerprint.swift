// SPDX-License-Identifier: MIT

import LeatSupport
import LeatKernel

/// The SHA-256 of everything that decides a model's outputs: its architecture, its weights as
/// floats or as integers, and the version of the arithmetic. How the file was written doesn't enter:
/// names, order, metadata and, since they widen exactly, F16 or F32. Documentation/Formats.md gives every byte.
struct Fingerprint: ~Copyable {
  /// Raised when the same model gives other bits.
  private static var arithmeticVersion: UInt32 { 3 }

  private var hash = SHA256()

  static func of(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture
  ) -> InlineArray<32, UInt8> {
    var fingerprint = Fingerprint()
    fingerprint.add(file, architecture)
    return fingerprint.hash.finish()
  }

  private mutating func add(_ file: borrowing Safetensors, _ architecture: borrowing Architecture) {
    let magic: StaticString = "LeatModl"
    magic.withUTF8Buffer { utf8 in
      for index in utf8.indices { hash.update(unsafe utf8[index]) }
    }
    add(Fingerprint.arithmeticVersion)
    add(architecture.inputSize)
    add(architecture.hasNormalizer ? 1 : 0)
    if architecture.hasNormalizer {
      add(file, architecture.inputMean)
      add(file, architecture.inputDeviation)
    }
    if architecture.isOfFormat1 {
      add(architecture.stateCount)
      addLayers(file, architecture, recurrent: true)
      add(architecture.layers.count - architecture.stateCount)
      addLayers(file, architecture, recurrent: false)
    } else {
      // No list that is written the other way begins with 0 recurrent layers.
      add(0)
      add(architecture.layers.count)
      for index in 0..<architecture.layers.count {
        let layer = architecture.layers[index]
        add(Int(layer.plan.kind.rawValue))
        add(Int(layer.sourceCount))
        for place in 0..<Int(layer.sourceCount) {
          let source = architecture.sources[Int(layer.firstSource) + place]
          add(Int(source.value))
          add(Int(source.size))
        }
        layer.plan.add(to: &self, file)
      }
    }
  }

  private mutating func addLayers(
    _ file: borrowing Safetensors, _ architecture: borrowing Architecture, recurrent: Bool
  ) {
    for index in 0..<architecture.layers.count {
      let plan = architecture.layers[index].plan
      if (plan.state != nil) == recurrent { plan.add(to: &self, file) }
    }
  }

  mutating func add(_ number: UInt32) { hash.update(number) }

  mutating func add(_ size: Int) { hash.update(UInt32(size)) }

  /// A whole tensor.
  mutating func add(_ file: borrowing Safetensors, _ tensor: TensorPlace) {
    let weights = WeightReader(file, tensor)
    guard file.isQuantized(tensor.index) else {
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

  /// One row of a tensor.
  mutating func add(
    _ file: borrowing Safetensors, _ tensor: TensorPlace, row: Int, _ size: Int
  ) {
    let weights = WeightReader(file, tensor)
    for element in row * size..<(row + 1) * size { hash.update(weights[element].bitPattern) }
  }
}
