// SPDX-License-Identifier: MIT

import CLeat
import Foundation
import LeatCore

/// A safetensors file made in memory.
struct ModelFile {
  private var tensors: [(name: String, dtype: String, shape: [Int], bytes: Data)] = []
  var metadata: [String: String] = [:]

  mutating func add(_ name: String, _ shape: [Int], _ values: [Float]) {
    add(name, "F32", shape, values.map(\.bitPattern))
  }

  /// A tensor of any dtype, from the bits of its elements.
  mutating func add<Bits: FixedWidthInteger>(
    _ name: String, _ dtype: String, _ shape: [Int], _ elements: [Bits]
  ) {
    var bytes = Data()
    for element in elements {
      withUnsafeBytes(of: element.littleEndian) { bytes.append(contentsOf: $0) }
    }
    tensors.append((name, dtype, shape, bytes))
  }

  /// One `nn.LSTM` layer's tensors, their values from `value`.
  mutating func addLSTM(
    _ prefix: String = "lstm.", layer: Int = 0, input: Int, hidden: Int, projection: Int = 0,
    _ value: () -> Float
  ) {
    func values(_ count: Int) -> [Float] { (0..<count).map { _ in value() } }
    let output = projection > 0 ? projection : hidden
    add("\(prefix)weight_ih_l\(layer)", [4 * hidden, input], values(4 * hidden * input))
    add("\(prefix)weight_hh_l\(layer)", [4 * hidden, output], values(4 * hidden * output))
    add("\(prefix)bias_ih_l\(layer)", [4 * hidden], values(4 * hidden))
    add("\(prefix)bias_hh_l\(layer)", [4 * hidden], values(4 * hidden))
    if projection > 0 {
      add("\(prefix)weight_hr_l\(layer)", [projection, hidden], values(projection * hidden))
    }
  }

  var data: Data {
    var header: [String: Any] = [:]
    var body = Data()
    if !metadata.isEmpty { header["__metadata__"] = metadata }
    for tensor in tensors {
      let begin = body.count
      body.append(tensor.bytes)
      header[tensor.name] = [
        "dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [begin, body.count],
      ]
    }
    let json = try! JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
    var file = Data()
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { file.append(contentsOf: $0) }
    return file + json + body
  }
}

/// A model and one stream of it in memory of their own, through the C interface.
final class LoadedModel {
  let model: OpaquePointer
  let stream: OpaquePointer
  let info: leat_model_info_t
  private let blocks: [UnsafeMutableRawPointer]

  struct Refused: Error {
    let code: Int32
    let message: String
  }

  /// `kernels`: a list of kernel sets, for a model without all of them.
  init(_ file: Data, kernels: [leat_kernels]? = nil) throws {
    var error = leat_error()
    func check(_ code: Int32) throws {
      guard code != LEAT_OK else { return }
      let message = withUnsafeBytes(of: error.message) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw Refused(code: code, message: message)
    }
    let bytes = [UInt8](file)
    var size = 0
    try check(leat_model_measure(bytes, bytes.count, &size, &error))
    let image = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
    let list = UnsafeMutablePointer<leat_kernels>.allocate(capacity: (kernels?.count ?? 0) + 1)
    list.initialize(repeating: leat_kernels(), count: (kernels?.count ?? 0) + 1)
    for (index, set) in (kernels ?? []).enumerated() { list[index] = set }
    var model: OpaquePointer?
    if kernels != nil {
      try check(leat_model_init_with(image, size, bytes, bytes.count, list, &model, &error))
    } else {
      try check(leat_model_init(image, size, bytes, bytes.count, &model, &error))
    }
    let block = UnsafeMutableRawPointer.allocate(byteCount: leat_stream_size(model), alignment: 8)
    var stream: OpaquePointer?
    try check(leat_stream_init(block, leat_stream_size(model), model, &stream, &error))
    var info = leat_model_info_t()
    try check(leat_model_info(model, &info, &error))
    self.model = model!
    self.stream = stream!
    self.info = info
    blocks = [image, block, UnsafeMutableRawPointer(list)]
  }

  deinit { for block in blocks { block.deallocate() } }

  func run(_ inputs: [Float]) throws -> [Float] {
    var error = leat_error()
    let steps = inputs.count / Int(info.input_size)
    var outputs = [Float](repeating: .nan, count: steps * Int(info.output_size))
    let code = leat_stream_run(stream, steps, inputs, &outputs, &error)
    guard code == LEAT_OK else { throw Refused(code: code, message: "run") }
    return outputs
  }

  /// h and c of a recurrent layer.
  func state(of recurrent: Int) -> (h: [Float], c: [Float]) {
    var layer = leat_layer_info_t()
    var place: UInt32 = 0
    repeat {
      leat_model_layer(model, place, &layer, nil)
      place += 1
    } while layer.recurrent != UInt32(recurrent)
    var h = [Float](repeating: .nan, count: Int(layer.output_size))
    var c = [Float](repeating: .nan, count: Int(layer.hidden_size))
    leat_stream_get_state(stream, UInt32(recurrent), &h, &c, nil)
    return (h, c)
  }
}
