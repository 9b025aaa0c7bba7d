// SPDX-License-Identifier: MIT

import CLeat
import Foundation
import Testing

@testable import LeatCore

/// A network made at random: as a file, and as what Documentation/Formats.md says it computes.
private struct Network {
  enum Format {
    case float32, float16, bfloat16, int8
  }

  private(set) var file = ModelFile()
  private(set) var layers: [ScalarReference.Layer] = []
  private(set) var head: ScalarReference.Matrix?
  private var generator: SplitMix
  /// Whether narrow values are written to the file as F32.
  private let isWidened: Bool

  init(
    seed: Int, input: Int, hidden: Int, projection: Int = 0, layers count: Int = 1,
    gates: Format, rest: Format, isWidened: Bool = false, hasBias: Bool = true, outputs: Int = 5
  ) {
    generator = SplitMix(seed: UInt64(seed))
    self.isWidened = isWidened
    var width = input
    for layer in 0..<count {
      let output = projection > 0 ? projection : hidden
      let inputWeight = matrix("lstm.weight_ih_l\(layer)", 4 * hidden, width, gates)
      let hiddenWeight = matrix("lstm.weight_hh_l\(layer)", 4 * hidden, output, gates)
      var bias: (input: [Float], hidden: [Float])?
      if hasBias {
        bias = (
          vector("lstm.bias_ih_l\(layer)", 4 * hidden), vector("lstm.bias_hh_l\(layer)", 4 * hidden)
        )
      }
      layers.append(
        ScalarReference.Layer(
          inputWeight: inputWeight, hiddenWeight: hiddenWeight, bias: bias,
          projection: projection > 0
            ? matrix("lstm.weight_hr_l\(layer)", projection, hidden, rest) : nil))
      width = output
    }
    head = matrix("head.weight", outputs, width, rest)
  }

  private mutating func vector(_ name: String, _ count: Int) -> [Float] {
    let values = (0..<count).map { _ in generator.float(in: -1..<1) }
    file.add(name, [count], values)
    return values
  }

  private mutating func matrix(
    _ name: String, _ rows: Int, _ columns: Int, _ format: Format
  ) -> ScalarReference.Matrix {
    let bound = 2 / Float(columns).squareRoot()
    let floats = (0..<rows * columns).map { _ in generator.float(in: -bound..<bound) }
    switch format {
    case .float32:
      file.add(name, [rows, columns], floats)
      return .init(rows: rows, columns: columns, values: floats, scales: nil)
    case .float16, .bfloat16:
      // The upper 16 bits, or what binary16 holds of the value, which is normal there or 0.
      let values = floats.map {
        format == .bfloat16
          ? Float(bitPattern: $0.bitPattern & 0xffff_0000)
          : $0.magnitude < 0x1p-14 ? 0 : Float(bitPattern: $0.bitPattern & 0xffff_e000)
      }
      if isWidened {
        file.add(name, [rows, columns], values)
      } else if format == .bfloat16 {
        file.add(name, "BF16", [rows, columns], values.map { UInt16($0.bitPattern >> 16) })
      } else {
        file.add(name, "F16", [rows, columns], values.map(Network.half))
      }
      return .init(rows: rows, columns: columns, values: values, scales: nil)
    case .int8:
      let integers = (0..<rows * columns).map { _ in Int8(truncatingIfNeeded: generator.next()) }
      let scales = (0..<rows).map { row in
        row % 11 == 5 ? 0 : bound / 128 * generator.float(in: 0.3..<1)
      }
      file.add(name, "I8", [rows, columns], integers)
      file.add("\(name)_scale", [rows], scales)
      return .init(rows: rows, columns: columns, values: integers.map { Float($0) }, scales: scales)
    }
  }

  /// Of a float that is a normal binary16, or 0.
  private static func half(_ value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16) & 0x8000
    if value == 0 { return sign }
    return sign | UInt16((value.magnitude.bitPattern >> 13) - 112 << 10)
  }

  /// Among ordinary samples some that saturate every gate, some close to nothing, and some zero.
  static func samples(_ steps: Int, _ size: Int, seed: Int) -> [Float] {
    var generator = SplitMix(seed: UInt64(seed))
    return (0..<steps * size).map { index in
      let value = generator.float(in: -3..<3)
      switch index / size % 7 {
      case 3: return value * 1e4
      case 4: return value * 1e-33
      case 5: return index % 2 == 0 ? 0 : -0
      default: return index % 13 == 0 ? value * 100 : value
      }
    }
  }

  /// The bits of all outputs, then of h and c of each layer.
  func expected(_ samples: [Float]) -> [UInt32] {
    var layers = layers
    var bits: [UInt32] = []
    let size = layers[0].inputWeight.columns
    for step in 0..<samples.count / size {
      var values = Array(samples[step * size..<(step + 1) * size])
      for layer in layers.indices { values = layers[layer].step(values) }
      bits += head!.multiplied(by: values).map(\.bitPattern)
    }
    return bits + layers.flatMap { ($0.h + $0.c).map(\.bitPattern) }
  }
}

/// Streams of one model, each with samples of its own, in single steps or in batches.
private func found(
  _ loaded: LoadedModel, _ samples: [[Float]], isBatch: Bool, kernel: UInt32 = 0
) throws -> [[UInt32]] {
  let size = leat_stream_size(loaded.model)
  let block = UnsafeMutableRawPointer.allocate(byteCount: size * samples.count, alignment: 64)
  defer { block.deallocate() }
  let streams = samples.indices.map { index in
    var stream: OpaquePointer?
    leat_stream_init(block + index * size, size, loaded.model, &stream, nil)
    leat_stream_set_kernel(stream, leat_kernel_available(kernel), nil)
    return stream
  }
  let (inputs, outputs) = (Int(loaded.info.input_size), Int(loaded.info.output_size))
  var bits = samples.map { _ in [UInt32]() }
  for step in 0..<samples[0].count / inputs {
    let input = samples.flatMap { $0[step * inputs..<(step + 1) * inputs] }
    var output = [Float](repeating: .nan, count: outputs * samples.count)
    if isBatch {
      try #require(leat_batch_step(streams, streams.count, input, &output, nil) == LEAT_OK)
    } else {
      for index in samples.indices {
        var one = [Float](repeating: .nan, count: outputs)
        let own = Array(input[index * inputs..<(index + 1) * inputs])
        try #require(leat_stream_step(streams[index], own, &one, nil) == LEAT_OK)
        output.replaceSubrange(index * outputs..<(index + 1) * outputs, with: one)
      }
    }
    for index in samples.indices {
      bits[index] += output[index * outputs..<(index + 1) * outputs].map(\.bitPattern)
    }
  }
  for index in samples.indices {
    for layer in 0..<loaded.info.layers {
      var info = leat_layer_info_t()
      leat_model_layer(loaded.model, layer, &info, nil)
      guard info.recurrent != UInt32.max else { continue }
      var h = [Float](repeating: .nan, count: Int(info.output_size))
      var c = [Float](repeating: .nan, count: Int(info.hidden_size))
      leat_stream_get_state(streams[index], info.recurrent, &h, &c, nil)
      bits[index] += (h + c).map(\.bitPattern)
    }
  }
  return bits
}

/// On every kernel that this machine can run, alone and side by side.
private func expectSameBits(_ network: Network, steps: Int, input: Int) throws {
  let samples = (0..<4).map { Network.samples(steps, input, seed: 9 + $0) }
  let expected = samples.map(network.expected)
  let loaded = try LoadedModel(network.file.data)
  var kernels: UInt32 = 0
  while let name = leat_kernel_available(kernels) {
    for isBatch in [false, true] {
      #expect(
        try found(loaded, samples, isBatch: isBatch, kernel: kernels) == expected,
        "\(String(cString: name)), \(isBatch ? "batch" : "step")")
    }
    kernels += 1
  }
  #expect(kernels > 0)
}

@Suite struct NarrowWeightsTests {
  private func fingerprint(_ file: ModelFile) throws -> [UInt8] {
    try withUnsafeBytes(of: LoadedModel(file.data).info.fingerprint) { Array($0) }
  }

  @Test(
    "integers give the bits that Formats.md says", arguments: [1, 2, 7, 8, 9, 16, 17, 24, 33],
    [1, 2, 3, 8, 13])
  func integers(_ hidden: Int, _ input: Int) throws {
    let network = Network(
      seed: hidden * 100 + input, input: input, hidden: hidden,
      projection: hidden % 3 == 2 ? hidden / 2 : 0, layers: 1 + hidden % 2, gates: .int8,
      rest: hidden % 4 == 0 ? .float32 : .int8, hasBias: input != 3)
    try expectSameBits(network, steps: 15, input: input)
  }

  @Test(
    "as many inputs, or as much h, as leave them less than 16 bits",
    arguments: [(512, 1), (513, 3), (3000, 2), (20000, 1), (2, 520)])
  func wide(_ input: Int, _ hidden: Int) throws {
    let network = Network(
      seed: input, input: input, hidden: hidden, gates: .int8, rest: .int8, outputs: 1)
    try expectSameBits(network, steps: 6, input: input)
  }

  @Test("floats too, in every format", arguments: [1, 7, 8, 17, 24], [1, 3, 8])
  func floats(_ hidden: Int, _ input: Int) throws {
    for (gates, rest) in [
      (Network.Format.float32, Network.Format.int8), (.float16, .float16), (.bfloat16, .bfloat16),
      (.float16, .int8), (.bfloat16, .float32),
    ] {
      let network = Network(
        seed: hidden * 100 + input, input: input, hidden: hidden,
        projection: hidden == 17 ? 5 : 0, layers: 2, gates: gates, rest: rest)
      try expectSameBits(network, steps: 15, input: input)
    }
  }

  @Test("F16 and BF16 are the model that F32 would be, fingerprint and all", arguments: [1, 9, 32])
  func widened(_ hidden: Int) throws {
    for format in [Network.Format.float16, .bfloat16] {
      func network(isWidened: Bool) -> Network {
        Network(
          seed: hidden, input: 5, hidden: hidden, projection: hidden / 3, layers: 2, gates: format,
          rest: format, isWidened: isWidened)
      }
      let narrow = try LoadedModel(network(isWidened: false).file.data)
      let wide = try LoadedModel(network(isWidened: true).file.data)
      let samples = [Network.samples(20, 5, seed: 3)]
      #expect(
        try found(narrow, samples, isBatch: false) == found(wide, samples, isBatch: false))
      #expect(
        try fingerprint(network(isWidened: false).file)
          == fingerprint(network(isWidened: true).file))
      #expect(narrow.info.model_size < wide.info.model_size || hidden == 1)
    }
  }

  /// The weights of a layer's gates, by the form of their scales in the file.
  private func scaled(_ dtype: String, _ shape: [Int], scale: Float = 0.5) -> ModelFile {
    var file = ModelFile()
    for name in ["weight_ih_l0", "weight_hh_l0"] {
      file.add(name, "I8", [4, 1], [Int8]([-128, 5, 127, 0]))
      switch dtype {
      case "F32": file.add("\(name)_scale", shape, [scale, 1, 2, 0.25])
      case "F16":
        file.add("\(name)_scale", "F16", shape, [UInt16]([0x3800, 0x3c00, 0x4000, 0x3400]))
      default: file.add("\(name)_scale", "BF16", shape, [UInt16]([0x3f00, 0x3f80, 0x4000, 0x3e80]))
      }
    }
    return file
  }

  @Test("how scales are written doesn't enter the fingerprint, what they are does")
  func scales() throws {
    let expected = try fingerprint(scaled("F32", [4]))
    // By Python's hashlib, over the bytes that Documentation/Formats.md lists.
    #expect(
      expected.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        == "218867fa2a85883a0f0fcdac4129c61fd3849a81b33822e1085076e4cea474ce")
    #expect(try fingerprint(scaled("F32", [4, 1])) == expected)
    #expect(try fingerprint(scaled("F16", [4])) == expected)
    #expect(try fingerprint(scaled("BF16", [4, 1])) == expected)
    #expect(try fingerprint(scaled("F32", [4], scale: Float(0.5).nextUp)) != expected)
    var floats = ModelFile()
    for name in ["weight_ih_l0", "weight_hh_l0"] {
      floats.add(name, [4, 1], [-64, 5, 254, 0])
    }
    #expect(try fingerprint(floats) != expected)
  }

  @Test("a file with any bit flipped is refused, or steps to something finite")
  func flips() throws {
    let network = Network(
      seed: 1, input: 2, hidden: 2, projection: 1, gates: .int8, rest: .int8, outputs: 2)
    let whole = network.file.data
    var refused = 0
    for bit in 0..<whole.count * 8 {
      var file = whole
      file[bit / 8] ^= 1 << UInt8(bit % 8)
      do {
        let loaded = try LoadedModel(file)
        let limit = loaded.info.input_limit
        let size = Int(loaded.info.input_size)
        let outputs = try loaded.run(
          [1, limit, 0, -limit].flatMap { [Float](repeating: $0, count: size) })
        #expect(outputs.allSatisfy { $0.isFinite }, "bit \(bit)")
        #expect(loaded.state(of: 0).c.allSatisfy { $0.isFinite }, "bit \(bit)")
      } catch let error as LoadedModel.Refused {
        #expect(
          [LEAT_E_FORMAT, LEAT_E_MODEL, LEAT_E_UNSUPPORTED].contains(error.code), "bit \(bit)")
        refused += 1
      }
    }
    #expect(refused > 0 && refused < whole.count * 8)
  }
}
