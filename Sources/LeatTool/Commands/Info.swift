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
    let info = model.info
    let layers = try (0..<info.lstm_layers).map { try model.layer($0) }
    try Output.print("inputs        \(info.input_size), magnitudes of at most \(info.input_limit)")
    for (index, layer) in layers.enumerated() {
      let projection =
        layer.output_size == layer.hidden_size ? "" : ", projected to \(layer.output_size)"
      try Output.print(
        "LSTM layer \(index)  \(layer.input_size) -> \(layer.hidden_size)\(projection)")
    }
    try Output.print("linear layers \(info.linear_layers)")
    try Output.print("outputs       \(info.output_size)")
    try Output.print("parameters    \(info.parameters)")
    try Output.print("MACs a step   \(info.macs_per_step)")
    try Output.print(
      "memory        \(info.model_size) bytes for the model, \(info.stream_size) for a stream")
    try Output.print("state         \(info.state_size) bytes")
    try Output.print("fingerprint   \(model.fingerprint)")
  }
}
