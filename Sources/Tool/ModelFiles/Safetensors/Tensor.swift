// SPDX-License-Identifier: MIT

import FoundationEssentials

/// A tensor of a safetensors file.
public struct Tensor {
  public var name: String
  /// safetensors' dtype: "F32"
  public var type: String
  public var shape: [Int]
  /// Little-endian, row-major.
  public var data: Data

  public init(name: String, type: String, shape: [Int], data: Data) {
    (self.name, self.type, self.shape, self.data) = (name, type, shape, data)
  }

  init(name: String, shape: [Int], floats: [Float]) {
    self.init(name: name, type: "F32", shape: shape, data: Data())
    set(floats.map(\.bitPattern), type: "F32")
  }

  public var count: Int { shape.reduce(1, *) }

  /// Whether this is a matrix of an nn.LSTM or an nn.Linear.
  public var isWeight: Bool {
    leaf.hasPrefix("weight") && !leaf.hasSuffix("_scale") && shape.count == 2
  }

  public func bits<Bits: FixedWidthInteger>(_: Bits.Type) -> [Bits] {
    let size = Bits.bitWidth / 8
    return stride(from: data.startIndex, to: data.endIndex, by: size).map { start in
      var value: Bits = 0
      for byte in 0..<size {
        value |= Bits(truncatingIfNeeded: data[start + byte]) << Bits(8 * byte)
      }
      return value
    }
  }

  public mutating func set<Bits: FixedWidthInteger>(_ bits: [Bits], type: String) {
    self.type = type
    data = Data(capacity: bits.count * Bits.bitWidth / 8)
    for value in bits {
      for byte in 0..<Bits.bitWidth / 8 {
        data.append(UInt8(truncatingIfNeeded: value >> Bits(8 * byte)))
      }
    }
  }

  /// The elements as floats.
  func floats() throws -> [Float] {
    switch type {
    case "F32": return bits(UInt32.self).map { Float(bitPattern: $0) }
    case "F16": return bits(UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case "BF16": return bits(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    default:
      throw ModelFileError(
        "tensor '\(name)': found dtype \(type), expected F32, F16 or BF16; begin with the "
          + "model that was trained")
    }
  }

  /// The elements as doubles: those of a floating-point type, F64 among them.
  func doubles() throws -> [Double] {
    type == "F64"
      ? bits(UInt64.self).map { Double(bitPattern: $0) } : try floats().map { Double($0) }
  }
}
