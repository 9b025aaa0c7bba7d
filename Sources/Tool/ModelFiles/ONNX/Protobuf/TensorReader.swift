// SPDX-License-Identifier: MIT

import FoundationEssentials
import SwiftProtobuf

/// ONNX's TensorProto.DataType: the types that are read here.
enum DataType: Int32 {
  case float = 1
  case int32 = 6
  case int64, bool = 9
  case float16, double
  case bfloat16 = 16

  /// ONNX's name of any type.
  static func name(_ type: Int32) -> String {
    let names = [
      "UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL",
      "FLOAT16", "DOUBLE", "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16",
    ]
    return names.indices.contains(Int(type)) ? names[Int(type)] : "\(type)"
  }
}

/// Reads tensors of a model file: weights as floats, shapes as integers.
struct TensorReader {
  /// Whether a number in double precision was rounded.
  private(set) var hasRounded = false

  mutating func read(_ tensor: ONNXTensorProto) throws -> GraphValue {
    let title = "tensor '\(tensor.name)'"
    guard tensor.externalData.isEmpty, tensor.dataLocation == 0 else {
      let file = tensor.externalData.first { $0.key == "location" }?.value ?? "another file"
      throw ModelFileError(
        "\(title): its data is in '\(file)', not in the model; save both as one file: "
          + "onnx.save(onnx.load(path), path, save_as_external_data=False)")
    }
    guard !tensor.hasSegment, tensor.unknownFields.data.isEmpty else {
      throw ModelFileError("\(title): isn't stored in a plain way")
    }
    for length in tensor.dims {
      guard length >= 0, length <= 1 << 31 else {
        throw ModelFileError(
          "\(title): found a dimension of \(length), expected 0 to \(1 << 31 as Int)")
      }
    }
    let shape = tensor.dims.map { Int($0) }
    guard let bound = Rearrangement.bound(shape), bound <= 1 << 31 else {
      throw ModelFileError(
        "\(title): found shape \(shape), expected at most \(1 << 31 as Int) elements")
    }
    let count = shape.reduce(1, *)
    func floats<Bits: FixedWidthInteger>(
      _ values: [Bits], _ convert: (Bits) -> Float
    ) throws -> GraphValue {
      let bits = try bits(of: tensor, count, values)
      return .floats(ConstantTensor(shape: shape, elements: bits.map(convert)))
    }
    func integers<Bits: FixedWidthInteger>(
      _ values: [Bits], _ convert: (Bits) -> Int
    ) throws -> GraphValue {
      let bits = try bits(of: tensor, count, values)
      return .integers(ConstantTensor(shape: shape, elements: bits.map { .known(convert($0)) }))
    }
    let halves = { tensor.int32Data.map { UInt16(truncatingIfNeeded: $0) } }
    switch DataType(rawValue: tensor.dataType) {
    case .float:
      return try floats(tensor.floatData.map(\.bitPattern)) { Float(bitPattern: $0) }
    case .float16:
      return try floats(halves()) { Float(Float16(bitPattern: $0)) }
    case .bfloat16:
      return try floats(halves()) { Float(bitPattern: UInt32($0) << 16) }
    case .double:
      return try floats(tensor.doubleData.map(\.bitPattern)) { bits in
        let value = Double(bitPattern: bits)
        if Double(Float(value)) != value { hasRounded = true }
        return Float(value)
      }
    case .int32:
      return try integers(tensor.int32Data.map { UInt32(bitPattern: $0) }) {
        Int(Int32(bitPattern: $0))
      }
    case .int64:
      return try integers(tensor.int64Data.map { UInt64(bitPattern: $0) }) {
        Int(Int64(bitPattern: $0))
      }
    case .bool:
      return try integers(tensor.int32Data.map { UInt8(truncatingIfNeeded: $0) }) {
        $0 == 0 ? 0 : 1
      }
    case nil:
      throw ModelFileError(
        "\(title): found data type \(DataType.name(tensor.dataType)), expected FLOAT, FLOAT16, "
          + "BFLOAT16 or DOUBLE; quantized models can't be converted: convert the model before "
          + "that, and quantize the result")
    }
  }

  /// The elements of a tensor from its raw data, or else its typed values.
  private func bits<Bits: FixedWidthInteger>(
    of tensor: ONNXTensorProto, _ count: Int, _ values: [Bits]
  ) throws -> [Bits] {
    guard tensor.hasRawData else {
      guard values.count == count else {
        throw ModelFileError(
          "tensor '\(tensor.name)': found \(values.count) elements, expected \(count) for shape "
            + "\(tensor.dims)")
      }
      return values
    }
    let size = count * Bits.bitWidth / 8
    guard values.isEmpty, tensor.rawData.count == size else {
      throw ModelFileError(
        "tensor '\(tensor.name)': found \(tensor.rawData.count) bytes, expected \(size) for shape "
          + "\(tensor.dims)")
    }
    return Tensor(name: "", type: "", shape: [], data: tensor.rawData).bits(Bits.self)
  }
}
