// SPDX-License-Identifier: MIT

import LeatBytes

/// A tensor's elements as floats, in the file's order, from bytes of any alignment. F16 and BF16
/// widen exactly.
struct WeightReader {
  private let bytes: ByteView
  private let type: DataType
  let count: Int

  init(_ file: borrowing Safetensors, _ index: Int) {
    let tensor = file.tensors[index]
    bytes = file.bytes(of: tensor)
    type = tensor.type
    count = bytes.count / (type == .float32 ? 4 : 2)
  }

  @inline(__always)
  subscript(index: Int) -> Float {
    switch type {
    case .float32:
      return bytes.float(at: index &* 4)
    case .bfloat16:
      let half = bytes.littleEndian(at: index &* 2, as: UInt16.self)
      return Float(bitPattern: UInt32(half) << 16)
    default:
      return WeightReader.widen(bytes.littleEndian(at: index &* 2, as: UInt16.self))
    }
  }

  /// IEEE 754 binary16 to binary32. Spelled out, since a processor without the instruction would
  /// call the compiler's library.
  static func widen(_ half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = UInt32(half >> 10) & 31
    let fraction = UInt32(half & 0x3ff)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: sign | magnitude.bitPattern)
    case 31:
      return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default:
      return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
