// SPDX-License-Identifier: MIT

/// A tensor of a file: what the header says of it, and what its name says.
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
  /// Bytes of the module's name, with the dot after it.
  var prefixCount: Int16 = 0
  /// The tensor that holds the scale of each row, if this one has integers.
  var scale = TensorIndex()
  var isUsed = false
}

/// The index of a tensor in the file's table, or none.
struct TensorIndex: BitwiseCopyable {
  private var number: Int16 = -1

  init() {}

  init(_ index: Int) { number = Int16(index) }

  var isPresent: Bool { number >= 0 }
  var index: Int { Int(number) }
}
