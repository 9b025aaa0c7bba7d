// SPDX-License-Identifier: MIT

import CLeat
import Testing

@testable import LeatCore
@testable import LeatKernel

/// The step in vectors of sixteen, which this processor's registers need not hold.
private enum SixteenLanes: FusedMultiplyAdd {
  typealias Integers = WordProducts
  static var sharesCode: Bool { false }
  static var isWide: Bool { true }
  static func fma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { c.addingProduct(a, b) }
}

@Suite struct KernelTests {
  /// The kernel in software, which a processor with the instruction need not offer.
  private static let software = leat_kernels(
    set: UInt32(LEAT_SET_SOFTWARE), size: UInt32(MemoryLayout<leat_kernels>.size),
    run: leat_software_run, run_batch: nil, load: leat_load_any,
    lstm: leat_layer_kernels(
      f32: leat_kernel(step: leat_software_lstm_f32, batch: nil), f16: leat_kernel(),
      bf16: leat_kernel(), i8: leat_kernel()),
    linear: leat_layer_kernels(
      f32: leat_kernel(step: leat_software_linear_f32, batch: nil), f16: leat_kernel(),
      bf16: leat_kernel(), i8: leat_kernel()),
    rnn: leat_layer_kernels(), gru: leat_layer_kernels(), general: leat_layer_kernels(),
    activation: leat_kernel(), sum: leat_kernel(), scale: leat_kernel(),
    projection: leat_rows_kernels(f32: leat_software_rows_f32, f16: nil, bf16: nil, i8: nil),
    function: functions)

  private static var sixteenLanes: leat_kernels {
    var kernels = software
    kernels.run = { model, stream, steps, inputs, outputs in
      runNetwork(
        SixteenLanes.self, model: ModelHandle(model!), stream: StreamHandle(stream!), steps: steps,
        inputs: inputs!, outputs: outputs!)
    }
    kernels.lstm.f32.step = { model, layer, stream in
      stepLSTM(
        SixteenLanes.self, Float32Weights.self, model: ModelHandle(model!),
        layer: RecordHandle(layer!), stream: StreamHandle(stream!))
    }
    return kernels
  }

  private static var functions: leat_activation_kernels {
    var functions = leat_activation_kernels()
    functions.relu = leat_software_relu
    functions.sigmoid = leat_software_sigmoid
    functions.tanh = leat_software_tanh
    functions.softmax = leat_software_softmax
    return functions
  }

  /// The bits of all outputs, then of h and c of each layer.
  private static func bits(_ loaded: LoadedModel, _ inputs: [Float]) throws -> [UInt32] {
    let outputs = try loaded.run(inputs)
    let state = (0..<Int(loaded.info.recurrent_layers)).flatMap { layer in
      let (h, c) = loaded.state(of: layer)
      return h + c
    }
    return (outputs + state).map(\.bitPattern)
  }

  @Test(
    "the kernel in software gives the same bits as the others",
    arguments: [1, 2, 7, 8, 9, 16, 17, 24, 33, 48, 64, 72, 88], [1, 3, 8, 13])
  func sameBits(_ hidden: Int, _ input: Int) throws {
    var generator = SplitMix(seed: UInt64(hidden * 100 + input))
    var file = ModelFile()
    file.metadata["leat.layers"] = "lstm a:relu b:sigmoid c:softmax d:tanh"
    let weight = { generator.float(in: -2..<2) }
    let projection = hidden > 4 && input % 2 == 1 ? hidden / 2 : 0
    let output = projection > 0 ? projection : hidden
    file.addLSTM(input: input, hidden: hidden, projection: projection, weight)
    file.addLSTM(layer: 1, input: output, hidden: hidden, projection: projection, weight)
    for (name, inputs, outputs) in [("a", output, 11), ("b", 11, 5), ("c", 5, 9), ("d", 9, 3)] {
      file.add("\(name).weight", [outputs, inputs], (0..<outputs * inputs).map { _ in weight() })
      file.add("\(name).bias", [outputs], (0..<outputs).map { _ in weight() })
    }
    var samples = SplitMix(seed: 7)
    let inputs = (0..<50 * input).map { index in
      // Among ordinary samples some that saturate every gate and some close to nothing.
      samples.float(in: -3..<3) * (index % 17 == 0 ? 1e4 : index % 13 == 0 ? 1e-30 : 1)
    }
    let expected = try KernelTests.bits(
      LoadedModel(file.data, kernels: [KernelTests.software]), inputs)
    var kernel: UInt32 = 0
    while let name = leat_kernel_available(kernel) {
      let loaded = try LoadedModel(file.data)
      try #require(leat_stream_set_kernel(loaded.stream, name, nil) == LEAT_OK)
      #expect(try KernelTests.bits(loaded, inputs) == expected, "\(String(cString: name))")
      kernel += 1
    }
    #expect(kernel > 0)
    let loaded = try LoadedModel(file.data, kernels: [KernelTests.sixteenLanes])
    #expect(try KernelTests.bits(loaded, inputs) == expected, "vectors of sixteen")
  }

  @Test("inputs at the limit, with weights at theirs, leave everything finite")
  func extremes() throws {
    for scale in [Float(1), 1e10, 1e30, 1e36] {
      for sign in [Float(1), -1] {
        var generator = SplitMix(seed: 3)
        var file = ModelFile()
        file.addLSTM(input: 3, hidden: 9, projection: 4) {
          generator.next() % 2 == 0 ? scale : -scale
        }
        // A model whose own h could overflow it is refused; that is a right answer as well.
        guard let loaded = try? LoadedModel(file.data) else {
          #expect(scale >= 1e10)
          continue
        }
        let limit = loaded.info.input_limit
        let samples = [limit, -limit, limit * sign].map { $0 }
        for _ in 0..<4 {
          let outputs = try loaded.run(samples)
          #expect(outputs.allSatisfy { $0.isFinite })
          #expect(loaded.state(of: 0).c.allSatisfy { $0.isFinite })
        }
        #expect(throws: LoadedModel.Refused.self) {
          try loaded.run([limit.nextUp, 0, 0])
        }
      }
    }
  }
}
