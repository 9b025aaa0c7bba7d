// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_software_linear_f32") @implementation
public func leat_software_linear_f32(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLinear(
    SoftwareFMA.self, Float32Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_linear_f16") @implementation
public func leat_software_linear_f16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLinear(
    SoftwareFMA.self, Float16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_linear_bf16") @implementation
public func leat_software_linear_bf16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLinear(
    SoftwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_linear_i8") @implementation
public func leat_software_linear_i8(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLinear(
    SoftwareFMA.self, Int8Weights.self, model: ModelHandle(model), layer: RecordHandle(layer),
    stream: StreamHandle(stream))
}

@_cdecl("leat_software_rows_f32") @implementation
public func leat_software_rows_f32(
  _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
  _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
) {
  unsafe multiplyRowsShared(
    SoftwareFMA.self, Float32Weights.self, model: ModelHandle(model), matrix: RecordHandle(matrix),
    from: first, upTo: end, input: input, output: output)
}

@_cdecl("leat_software_rows_f16") @implementation
public func leat_software_rows_f16(
  _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
  _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
) {
  unsafe multiplyRowsShared(
    SoftwareFMA.self, Float16Weights.self, model: ModelHandle(model), matrix: RecordHandle(matrix),
    from: first, upTo: end, input: input, output: output)
}

@_cdecl("leat_software_rows_bf16") @implementation
public func leat_software_rows_bf16(
  _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
  _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
) {
  unsafe multiplyRowsShared(
    SoftwareFMA.self, BFloat16Weights.self, model: ModelHandle(model), matrix: RecordHandle(matrix),
    from: first, upTo: end, input: input, output: output)
}

@_cdecl("leat_software_rows_i8") @implementation
public func leat_software_rows_i8(
  _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
  _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
) {
  unsafe multiplyRowsShared(
    SoftwareFMA.self, Int8Weights.self, model: ModelHandle(model), matrix: RecordHandle(matrix),
    from: first, upTo: end, input: input, output: output)
}
