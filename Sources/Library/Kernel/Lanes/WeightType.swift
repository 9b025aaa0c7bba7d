// SPDX-License-Identifier: MIT

/// The type of a matrix's elements in memory, which is that of the file.
public enum WeightType: UInt8, BitwiseCopyable {
  case float32
  case float16
  case bfloat16
  case int8

  @inlinable
  public var size: Int {
    switch self {
    case .float32: 4
    case .float16, .bfloat16: 2
    case .int8: 1
    }
  }

  /// LEAT_WEIGHTS_*
  public var number: UInt8 { rawValue + 1 }

  /// How many columns of a row of a panel are beside each other: see `Panels`.
  @inlinable
  public var columnsTogether: Int {
    switch self {
    case .float32, .float16, .bfloat16: 1
    case .int8: 4
    }
  }
}
