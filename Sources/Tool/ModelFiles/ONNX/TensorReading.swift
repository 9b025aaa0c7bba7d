// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import SwiftProtobuf

/// Reads tensors of a model file: weights as floats, shapes as integers.
struct TensorReader {
  /// Notes of what was rounded.
  private(set) var hasRounded = false

  mutating func read(_ tensor: ONNXTensorProto) throws -> Value {
    let title = "tensor '\(tensor.name)'"
    guard tensor.externalData.isEmpty, tensor.dataLocation == 0 else {
      let file = tensor.externalData.first { $0.key == "location" }?.value ?? "another file"
      throw ModelFileError(
        "\(title): its data is in '\(file)', not in the model; save it as one file: "
          + "onnx.save(onnx.load(path), path, save_as_external_data=False)")
    }
    guard !tensor.hasSegment, tensor.unknownFields.data.isEmpty else {
      throw ModelFileError("\(title): isn't stored in a plain way")
    }
    for length in tensor.dims {
      guard length >= 0, length <= 1 << 31 else {
        throw ModelFileError("\(title): a dimension of \(length)")
      }
    }
    let shape = tensor.dims.map { Int($0) }
    guard let bound = Dense<Float>.bound(shape), bound <= 1 << 31 else {
      throw ModelFileError("\(title): too large")
    }
    let count = shape.reduce(1, *)
    switch tensor.dataType {
    case 1:
      let bits: [UInt32] = try bits(of: tensor, count) { $0.floatData.map(\.bitPattern) }
      return .floats(Dense(shape: shape, elements: bits.map { Float(bitPattern: $0) }))
    case 10:
      let bits: [UInt16] = try bits(of: tensor, count) {
        $0.int32Data.map { UInt16(truncatingIfNeeded: $0) }
      }
      return .floats(Dense(shape: shape, elements: bits.map { Float(Float16(bitPattern: $0)) }))
    case 16:
      let bits: [UInt16] = try bits(of: tensor, count) {
        $0.int32Data.map { UInt16(truncatingIfNeeded: $0) }
      }
      let floats = bits.map { Float(bitPattern: UInt32($0) << 16) }
      return .floats(Dense(shape: shape, elements: floats))
    case 11:
      let bits: [UInt64] = try bits(of: tensor, count) { $0.doubleData.map(\.bitPattern) }
      let floats = bits.map { bits in
        let value = Double(bitPattern: bits)
        if Double(Float(value)) != value { hasRounded = true }
        return Float(value)
      }
      return .floats(Dense(shape: shape, elements: floats))
    case 6:
      let bits: [UInt32] = try bits(of: tensor, count) {
        $0.int32Data.map { UInt32(bitPattern: $0) }
      }
      let lengths = bits.map { Length.known(Int(Int32(bitPattern: $0))) }
      return .integers(Dense(shape: shape, elements: lengths))
    case 7:
      let bits: [UInt64] = try bits(of: tensor, count) {
        $0.int64Data.map { UInt64(bitPattern: $0) }
      }
      let lengths = bits.map { Length.known(Int(Int64(bitPattern: $0))) }
      return .integers(Dense(shape: shape, elements: lengths))
    case 9:
      let bits: [UInt8] = try bits(of: tensor, count) {
        $0.int32Data.map { UInt8(truncatingIfNeeded: $0) }
      }
      return .integers(Dense(shape: shape, elements: bits.map { .known($0 == 0 ? 0 : 1) }))
    default:
      throw ModelFileError(
        "\(title): data type \(Self.name(tensor.dataType)), expected FLOAT, FLOAT16, BFLOAT16 or "
          + "DOUBLE; quantized models can't be converted: begin with the model before that, and "
          + "`leat quantize` the result")
    }
  }

  private func bits<Bits: FixedWidthInteger>(
    of tensor: ONNXTensorProto, _ count: Int, typed: (ONNXTensorProto) -> [Bits]
  ) throws -> [Bits] {
    guard tensor.hasRawData else {
      let values = typed(tensor)
      guard values.count == count else {
        throw ModelFileError(
          "tensor '\(tensor.name)': shape \(tensor.dims) has \(count) elements, there are "
            + "\(values.count)")
      }
      return values
    }
    let width = Bits.bitWidth / 8
    guard typed(tensor).isEmpty, tensor.rawData.count == count * width else {
      throw ModelFileError(
        "tensor '\(tensor.name)': shape \(tensor.dims) needs \(count * width) bytes, there are "
          + "\(tensor.rawData.count)")
    }
    return Tensor(name: "", type: "", shape: [], data: tensor.rawData).bits(Bits.self)
  }

  static func name(_ type: Int32) -> String {
    let names = [
      "UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL",
      "FLOAT16", "DOUBLE", "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16",
    ]
    return names.indices.contains(Int(type)) ? names[Int(type)] : "\(type)"
  }
}
