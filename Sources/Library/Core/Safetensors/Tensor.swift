// SPDX-License-Identifier: MIT

import LeatSupport

/// The data types of the safetensors format; Leat reads the first three, and weights as I8.
enum DataType: UInt8 {
  case float32, float16, bfloat16
  case bool, f4, f6e2m3, f6e3m2, u8, i8, f8e5m2, f8e4m3, f8e8m0, f8e4m3fnuz, f8e5m2fnuz
  case i16, u16, i32, u32, c64, f64, i64, u64

  init?(_ name: JSONString) {
    guard let text = Text(name) else { return nil }
    for value in 0...DataType.u64.rawValue {
      if let type = DataType(rawValue: value), text == type.name {
        self = type
        return
      }
    }
    return nil
  }

  var isFloat: Bool { rawValue <= DataType.bfloat16.rawValue }

  var name: StaticString {
    switch self {
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .bool: "BOOL"
    case .f4: "F4"
    case .f6e2m3: "F6_E2M3"
    case .f6e3m2: "F6_E3M2"
    case .u8: "U8"
    case .i8: "I8"
    case .f8e5m2: "F8_E5M2"
    case .f8e4m3: "F8_E4M3"
    case .f8e8m0: "F8_E8M0"
    case .f8e4m3fnuz: "F8_E4M3FNUZ"
    case .f8e5m2fnuz: "F8_E5M2FNUZ"
    case .i16: "I16"
    case .u16: "U16"
    case .i32: "I32"
    case .u32: "U32"
    case .c64: "C64"
    case .f64: "F64"
    case .i64: "I64"
    case .u64: "U64"
    }
  }

  /// Bits of one element.
  var width: UInt64 {
    switch self {
    case .f4: 4
    case .f6e2m3, .f6e3m2: 6
    case .bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: 8
    case .float16, .bfloat16, .i16, .u16: 16
    case .float32, .i32, .u32: 32
    case .c64, .f64, .i64, .u64: 64
    }
  }
}

/// A tensor's shape as far as models need it: sizes beyond 32 bits and axes beyond the third can't
/// be any model's.
struct Shape {
  private(set) var rank: UInt8 = 0
  private(set) var sizes: InlineArray<3, UInt32> = [0, 0, 0]

  mutating func append(_ size: UInt64) {
    if rank < 3 { sizes[Int(rank)] = UInt32(clamping: size) }
    if rank < UInt8.max { rank += 1 }
  }

  func isEqual(_ rows: Int) -> Bool { rank == 1 && sizes[0] == rows }

  func isEqual(_ rows: Int, _ columns: Int) -> Bool {
    rank == 2 && sizes[0] == rows && sizes[1] == columns
  }
}

/// One tensor of a file: what the header says, and what its name makes of it.
struct Tensor {
  var nameStart: UInt32 = 0
  var nameEnd: UInt32 = 0
  /// From the start of the data section, in bytes.
  var begin: UInt64 = 0
  var end: UInt64 = 0
  var shape = Shape()
  var type = DataType.float32
  var role = TensorRole.unknown
  /// k of `weight_ih_l{k}`.
  var layer: Int32 = 0
  /// Bytes of the module's name, the dot behind it included.
  var prefixCount: Int16 = 0
  /// Of integers, the tensor that holds the scale of each row; -1 of others.
  var scale: Int16 = -1
  var isUsed = false
}

extension Message.Interpolation {
  mutating func appendInterpolation(_ shape: Shape) {
    appendLiteral("[")
    for axis in 0..<min(Int(shape.rank), 3) {
      if axis > 0 { appendLiteral(", ") }
      appendInterpolation(shape.sizes[axis])
    }
    if shape.rank > 3 { appendLiteral(", ...") }
    appendLiteral("]")
  }
}
