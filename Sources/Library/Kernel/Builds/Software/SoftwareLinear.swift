// SPDX-License-Identifier: MIT

import CLeat
import LeatKernel

@_cdecl("leat_software_linear_f32") @implementation
public func leat_software_linear_f32(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLinear(
    SoftwareFMA.self, Float32Weights.self, model: ModelImage(model), layer: layer.layerRecord,
    stream: StreamBlock(stream))
}

@_cdecl("leat_software_linear_f16") @implementation
public func leat_software_linear_f16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLinear(
    SoftwareFMA.self, Float16Weights.self, model: ModelImage(model), layer: layer.layerRecord,
    stream: StreamBlock(stream))
}

@_cdecl("leat_software_linear_bf16") @implementation
public func leat_software_linear_bf16(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLinear(
    SoftwareFMA.self, BFloat16Weights.self, model: ModelImage(model), layer: layer.layerRecord,
    stream: StreamBlock(stream))
}

@_cdecl("leat_software_linear_i8") @implementation
public func leat_software_linear_i8(
  _ model: UnsafeRawPointer!, _ layer: UnsafeRawPointer!, _ stream: UnsafeMutableRawPointer!
) {
  unsafe stepLinear(
    SoftwareFMA.self, Int8Weights.self, model: ModelImage(model), layer: layer.layerRecord,
    stream: StreamBlock(stream))
}

@_cdecl("leat_software_rows_f32") @implementation
public func leat_software_rows_f32(
  _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
  _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
) {
  unsafe multiplyRowsApart(
    SoftwareFMA.self, Float32Weights.self, model: ModelImage(model), matrix: matrix.matrixRecord,
    from: first, upTo: end, input: input, output: output)
}

@_cdecl("leat_software_rows_f16") @implementation
public func leat_software_rows_f16(
  _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
  _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
) {
  unsafe multiplyRowsApart(
    SoftwareFMA.self, Float16Weights.self, model: ModelImage(model), matrix: matrix.matrixRecord,
    from: first, upTo: end, input: input, output: output)
}

@_cdecl("leat_software_rows_bf16") @implementation
public func leat_software_rows_bf16(
  _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
  _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
) {
  unsafe multiplyRowsApart(
    SoftwareFMA.self, BFloat16Weights.self, model: ModelImage(model), matrix: matrix.matrixRecord,
    from: first, upTo: end, input: input, output: output)
}

@_cdecl("leat_software_rows_i8") @implementation
public func leat_software_rows_i8(
  _ model: UnsafeRawPointer!, _ matrix: UnsafeRawPointer!, _ first: Int, _ end: Int,
  _ input: UnsafePointer<Float>!, _ output: UnsafeMutablePointer<Float>!
) {
  unsafe multiplyRowsApart(
    SoftwareFMA.self, Int8Weights.self, model: ModelImage(model), matrix: matrix.matrixRecord,
    from: first, upTo: end, input: input, output: output)
}
