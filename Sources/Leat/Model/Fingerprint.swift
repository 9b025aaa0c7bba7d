// SPDX-License-Identifier: MIT

import LeatBytes
import LeatKernel

/// The SHA-256 of everything that decides a model's outputs: its architecture, its weights as
/// floats or as integers, and the version of the arithmetic. How the file was written doesn't enter:
/// names, order, metadata and, since they widen exactly, F16 or F32. Documentation/Formats.md gives every byte.
struct Fingerprint: ~Copyable {
  /// Raised when the same model gives other bits.
  private static var arithmeticVersion: UInt32 { 2 }

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
    add(architecture.lstms.count)
    for layer in 0..<architecture.lstms.count {
      let plan = architecture.lstms[layer]
      add(plan.inputSize)
      add(plan.hiddenSize)
      add(plan.outputSize)
      let isProjectionQuantized = plan.isProjected && file.isQuantized(plan.projection)
      add(
        (plan.hasBias ? 1 : 0) | (plan.isProjected ? 2 : 0) | (plan.hasInitialState ? 4 : 0)
          | (plan.type == .int8 ? 8 : 0) | (isProjectionQuantized ? 16 : 0))
      add(file, plan.inputWeight)
      add(file, plan.hiddenWeight)
      if plan.hasBias {
        add(file, plan.inputBias)
        add(file, plan.hiddenBias)
      }
      if plan.isProjected { add(file, plan.projection) }
      if plan.hasInitialState {
        add(file, plan.initialHidden, row: plan.row, plan.outputSize)
        add(file, plan.initialCell, row: plan.row, plan.hiddenSize)
      }
    }
    add(architecture.linears.count)
    for layer in 0..<architecture.linears.count {
      let plan = architecture.linears[layer]
      add(plan.inputSize)
      add(plan.outputSize)
      add(UInt32(plan.activation.rawValue))
      add((plan.bias >= 0 ? 1 : 0) | (file.isQuantized(plan.weight) ? 2 : 0))
      add(file, plan.weight)
      if plan.bias >= 0 { add(file, plan.bias) }
    }
  }

  private mutating func add(_ number: UInt32) { hash.update(number) }

  private mutating func add(_ size: Int) { hash.update(UInt32(size)) }

  private mutating func add(_ file: borrowing Safetensors, _ index: Int) {
    let weights = WeightReader(file, index)
    guard file.isQuantized(index) else {
      for element in 0..<weights.count { hash.update(weights[element].bitPattern) }
      return
    }
    for element in 0..<weights.count {
      hash.update(UInt8(bitPattern: weights.integer(element)))
    }
    for row in 0..<Int(file.tensors[index].shape.sizes[0]) {
      hash.update(weights.scale(ofRow: row).bitPattern)
    }
  }

  private mutating func add(
    _ file: borrowing Safetensors, _ index: Int, row: Int, _ size: Int
  ) {
    let weights = WeightReader(file, index)
    for element in row * size..<(row + 1) * size { hash.update(weights[element].bitPattern) }
  }
}
