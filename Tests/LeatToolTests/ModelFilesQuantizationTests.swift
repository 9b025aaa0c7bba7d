// SPDX-License-Identifier: MIT

import LeatModelFiles
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A row of one matrix.
private func matrix(_ values: [Float]) -> Tensor {
  var tensor = Tensor(name: "weight_ih_l0", type: "F32", shape: [1, values.count], data: Data())
  tensor.set(values.map(\.bitPattern), type: "F32")
  return tensor
}

@Test func bfloat16RoundsToNearestTiesToEven() throws {
  let values = [1, 0x1.01p0, 0x1.03p0, -0x1.018p0] as [Float]
  let narrowed = try QuantizedTensor(matrix(values), to: .bf16)
  #expect(narrowed.tensor.bits(UInt16.self) == [0x3f80, 0x3f80, 0x3f82, 0xbf81])
}

@Test func integersUseTheWholeRangeOfARow() throws {
  let narrowed = try QuantizedTensor(matrix([0.5, -1, 0.25, 0]), to: .int8)
  #expect(narrowed.tensor.bits(UInt8.self).map { Int8(bitPattern: $0) } == [64, -127, 32, 0])
  #expect(narrowed.scale?.shape == [1])
}

@Test func halvesThatOverflowAreRefused() {
  #expect(throws: ModelFileError.self) { try QuantizedTensor(matrix([1e6]), to: .f16) }
}
