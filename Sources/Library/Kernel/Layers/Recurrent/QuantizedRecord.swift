// SPDX-License-Identifier: MIT

import LeatSupport

/// What a recurrent layer with integer weights needs besides, in its record.
public struct QuantizedRecord {
  /// As `Panels` of `columns` columns: the scales of the rows of weight_ih, then of weight_hh. Then,
  /// where a kernel may multiply bytes, 128 times the sum of each row's weights in memory, which are
  /// q + 128, in the same order: integers of 32 bits.
  public var scales: Int
  /// The largest integers that inputs and h are rounded to, so that no sum overflows.
  public var largestInput: Float
  public var largestHidden: Float
  /// The `QuantizedVector`s of the input and of h, in the stream.
  public var input: Int
  public var hidden: Int

  public init() {
    scales = 0
    largestInput = 0
    largestHidden = 0
    input = 0
    hidden = 0
  }

  public init(scales: Int, inputSize: Int, outputSize: Int, input: Int, hidden: Int) {
    self.scales = scales
    largestInput = QuantizedRecord.largest(inputSize)
    largestHidden = QuantizedRecord.largest(outputSize)
    self.input = input
    self.hidden = hidden
  }

  #if arch(x86_64) || arch(arm64)
    public static var columns: Int { @inlinable @inline(__always) get { 4 } }
  #else
    public static var columns: Int { @inlinable @inline(__always) get { 2 } }
  #endif

  /// The most columns that leave inputs 7 bits and their sign.
  public static var maximumColumns: Int { 1 << 17 }

  /// Floats of a stream's block for a `QuantizedVector` of `count` values.
  public static func vectorSize(_ count: Int) -> Int { 2 &+ count.roundedUp(toMultipleOf: 4) / 2 }

  private static func largest(_ columns: Int) -> Float {
    Float(min(Int(Int16.max), Int(Int32.max) / (128 &* columns)))
  }
}
