// SPDX-License-Identifier: MIT

import LeatSupport
import LeatKernel

/// Reads a tensor's elements, in the file's order and of any alignment, as floats. F16 and BF16 are
/// widened exactly. I8 are the integers: their row's scale is not multiplied in.
struct WeightReader {
  private let bytes: ByteView
  private let type: DataType
  private let scales: ByteView
  private let scaleType: DataType
  let count: Int

  init(_ file: borrowing Safetensors, _ index: Int) {
    let tensor = file.tensors[index]
    bytes = file.bytes(of: tensor)
    type = tensor.type
    count = bytes.count / type.size
    if tensor.scale.isPresent {
      scales = file.bytes(of: file.tensors[tensor.scale.index])
      scaleType = file.tensors[tensor.scale.index].type
    } else {
      scales = .empty
      scaleType = .float32
    }
  }

  init(_ file: borrowing Safetensors, _ tensor: TensorIndex) { self.init(file, tensor.index) }

  /// All elements as they are, little-endian, of a tensor of F32.
  var bytesOfFloat32: ByteView? { type == .float32 ? bytes : nil }

  @inline(__always)
  subscript(index: Int) -> Float { WeightReader.element(bytes, type, index) }

  /// An element as a step uses it.
  @inline(__always)
  func flushed(_ index: Int, below least: Float) -> Float { self[index].flushed(below: least) }

  /// The number for an element, of a tensor that may have one for all.
  func forEach(_ element: Int) -> Float { self[count == 1 ? 0 : element] }

  func scale(ofRow row: Int) -> Float { WeightReader.element(scales, scaleType, row) }

  /// The bits of an element of two bytes.
  @inline(__always)
  func half(_ index: Int) -> UInt16 { bytes.littleEndian(at: index &* 2, as: UInt16.self) }

  @inline(__always)
  func integer(_ index: Int) -> Int8 { Int8(bitPattern: bytes.byte(at: index)) }

  @inline(__always)
  private static func element(_ bytes: ByteView, _ type: DataType, _ index: Int) -> Float {
    switch type {
    case .float32:
      return bytes.float(at: index &* 4)
    case .bfloat16:
      let half = bytes.littleEndian(at: index &* 2, as: UInt16.self)
      return Float(bitPattern: UInt32(half) << 16)
    case .i8:
      return Float(Int8(bitPattern: bytes.byte(at: index)))
    default:
      return WeightReader.widen(bytes.littleEndian(at: index &* 2, as: UInt16.self))
    }
  }

  /// IEEE 754 binary16 to binary32. Not `Float(Float16)`: without an instruction for it, that would
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

extension DataType {
  /// Bytes of one element, of the types that are read.
  fileprivate var size: Int { Int(width / 8) }
}

extension Safetensors {
  /// The type that a weight has in memory: that of the file.
  func weightType(_ index: Int) -> WeightType {
    switch tensors[index].type {
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .i8: .int8
    default: .float32
    }
  }

  func isQuantized(_ index: Int) -> Bool { weightType(index) == .int8 }
}
