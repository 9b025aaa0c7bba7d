// SPDX-License-Identifier: MIT

import ArgumentParser
import CLeat

/// `leat info MODEL`
struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is in a model file and what it needs.",
    discussion: "Example:\n  leat info model.safetensors")

  @Argument(help: "A safetensors file.")
  var model: String

  func run() throws {
    let model = try Model(path: model)
    let info = try model.info()
    let layers = try (0..<info.lstm_layers).map { try model.layer($0) }
    print("inputs        \(info.input_size), magnitudes of at most \(info.input_limit)")
    for (index, layer) in layers.enumerated() {
      let projection =
        layer.output_size == layer.hidden_size ? "" : ", projected to \(layer.output_size)"
      print("LSTM layer \(index)  \(layer.input_size) -> \(layer.hidden_size)\(projection)")
    }
    print("linear layers \(info.linear_layers)")
    print("outputs       \(info.output_size)")
    print("parameters    \(info.parameters)")
    print("MACs a step   \(info.macs_per_step)")
    print("memory        \(info.model_size) bytes for the model, \(info.stream_size) for a stream")
    print("state         \(info.state_size) bytes")
    print("fingerprint   \(hexadecimal(info.fingerprint))")
  }

  private func hexadecimal<Bytes>(_ bytes: Bytes) -> String {
    unsafe withUnsafeBytes(of: bytes) { bytes in
      unsafe bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }
}
