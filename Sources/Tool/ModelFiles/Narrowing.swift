// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What weights can be made into.
public enum NarrowType: String, CaseIterable, Sendable {
  case int8, f16, bf16

  var name: String {
    switch self {
    case .int8: "I8"
    case .f16: "F16"
    case .bf16: "BF16"
    }
  }
}

/// One weight made narrow.
public struct Narrowed {
  public let tensor: Tensor
  /// Of integers: one for each row.
  public let scale: Tensor?
  /// The largest magnitude of a weight, and the largest difference from one.
  public let largest: Float
  public let error: Float

  public init(_ original: Tensor, to type: NarrowType) throws {
    let values = try original.floats()
    var tensor = original
    var scale: Tensor?
    let result: [Float]
    switch type {
    case .f16:
      let halves = values.map { Float16($0) }
      if let index = halves.firstIndex(where: { !$0.isFinite }) {
        throw ModelFileError(
          "tensor '\(original.name)': element \(index) is \(values[index]), more than F16 holds; "
            + "BF16 does: --to bf16")
      }
      tensor.set(halves.map(\.bitPattern), type: type.name)
      result = halves.map { Float($0) }
    case .bf16:
      // To nearest, ties to even.
      let halves = values.map { value in
        let bits = value.bitPattern
        return UInt16((bits + 0x7fff + (bits >> 16 & 1)) >> 16)
      }
      tensor.set(halves, type: type.name)
      result = halves.map { Float(bitPattern: UInt32($0) << 16) }
    case .int8:
      let columns = original.shape[1]
      var scales: [Float] = []
      var integers: [Int8] = []
      for row in stride(from: 0, to: values.count, by: columns) {
        let row = values[row..<row + columns]
        // Not 0, which nothing can be divided by.
        let scale = max(row.map(\.magnitude).max()! / 127, 0x1p-100)
        scales.append(scale)
        integers += row.map { Int8(($0 / scale).rounded(.toNearestOrEven)) }
      }
      tensor.set(integers.map { UInt8(bitPattern: $0) }, type: type.name)
      var made = Tensor(
        name: original.name + "_scale", type: "F32", shape: [scales.count], data: Data())
      made.set(scales.map(\.bitPattern), type: "F32")
      scale = made
      result = integers.indices.map { Float(integers[$0]) * scales[$0 / columns] }
    }
    self.tensor = tensor
    self.scale = scale
    largest = values.map(\.magnitude).max() ?? 0
    error = zip(values, result).map { ($0 - $1).magnitude }.max() ?? 0
  }
}

extension Tensor {
  fileprivate func floats() throws -> [Float] {
    switch type {
    case "F32": return bits(UInt32.self).map { Float(bitPattern: $0) }
    case "F16": return bits(UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case "BF16": return bits(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    default:
      throw ModelFileError(
        "tensor '\(name)': dtype \(type), expected F32, F16 or BF16; begin with the model that was "
          + "trained")
    }
  }
}
