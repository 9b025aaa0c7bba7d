// SPDX-License-Identifier: MIT

/// What weights can be quantized to.
public enum WeightType: String, CaseIterable, Sendable {
  case int8, f16, bf16

  /// safetensors' dtype.
  fileprivate var name: String {
    switch self {
    case .int8: "I8"
    case .f16: "F16"
    case .bf16: "BF16"
    }
  }
}

/// A matrix of weights in fewer bits.
///
/// Floats of 16 bits are rounded to nearest, ties to even. Integers get one scale for each row, the
/// largest magnitude / 127, as the rows of an LSTM's matrices differ much more than the weights in
/// a row. Documentation/Formats.md says how the library computes with them.
public struct QuantizedTensor {
  public let tensor: Tensor
  /// Of integers: one for each row.
  public let scale: Tensor?
  /// The largest magnitude of a weight, and the largest difference from one.
  public let largest: Float
  public let error: Float

  public init(_ original: Tensor, to type: WeightType) throws {
    let values = try original.floats()
    var tensor = original
    var scale: Tensor?
    let result: [Float]
    switch type {
    case .f16:
      let halves = values.map { Float16($0) }
      if let index = halves.firstIndex(where: { !$0.isFinite }) {
        throw ModelFileError(
          "tensor '\(original.name)': element \(index) is \(values[index]), expected a magnitude "
            + "of at most 65504, the largest of F16; BF16 holds it")
      }
      tensor.set(halves.map(\.bitPattern), type: type.name)
      result = try tensor.floats()
    case .bf16:
      let halves = values.map { value in
        let bits = value.bitPattern
        return UInt16((bits + 0x7fff + (bits >> 16 & 1)) >> 16)
      }
      tensor.set(halves, type: type.name)
      result = try tensor.floats()
    case .int8:
      let columns = original.shape[1]
      var scales: [Float] = []
      var integers: [Int8] = []
      for row in stride(from: 0, to: values.count, by: columns) {
        let row = values[row..<row + columns]
        // Not 0, as the row is divided by it.
        let scale = max(row.map(\.magnitude).max()! / 127, 0x1p-100)
        scales.append(scale)
        integers += row.map { Int8(($0 / scale).rounded(.toNearestOrEven)) }
      }
      tensor.set(integers.map { UInt8(bitPattern: $0) }, type: type.name)
      scale = Tensor(name: original.name + "_scale", shape: [scales.count], floats: scales)
      result = integers.indices.map { Float(integers[$0]) * scales[$0 / columns] }
    }
    (self.tensor, self.scale) = (tensor, scale)
    largest = values.map(\.magnitude).max() ?? 0
    error = zip(values, result).map { ($0 - $1).magnitude }.max() ?? 0
  }
}
