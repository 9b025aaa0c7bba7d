// SPDX-License-Identifier: MIT
//
// `nn.Linear`, and the activation after it.

import CInternal
import LeatSupport
import LeatKernel

struct LinearPlan: BitwiseCopyable {
  var weight = TensorPlace()
  /// None with `bias=False`.
  var bias = TensorPlace()
  var activation = Activation.none
  var type = WeightType.float32
  private var inputs: UInt32 = 0
  private var outputs: UInt32 = 0

  var inputSize: Int {
    get { Int(inputs) }
    set { inputs = UInt32(newValue) }
  }
  var outputSize: Int {
    get { Int(outputs) }
    set { outputs = UInt32(newValue) }
  }

  func bound(_ file: borrowing Safetensors, input: Double) throws(Failure) -> Double {
    var output = 0.0
    for row in 0..<outputSize {
      let bias = bias.isThere ? Double(WeightReader(file, bias)[row].magnitude) : 0
      output = max(output, bias + file.rowSum(weight, row, inputSize) * input)
      if file.isQuantized(weight.index) {
        // The products are added up before the scale is multiplied in, which may be 0.
        let integers = file.rowMagnitude(weight, row, inputSize)
        guard integers * input <= Bounds.ceiling else { throw file.tooLarge(weight.index) }
      }
    }
    guard output <= Bounds.ceiling else { throw file.tooLarge(weight.index) }
    return Bounds.after(activation, output * 2)
  }

  func add(to fingerprint: inout Fingerprint, _ file: borrowing Safetensors) {
    fingerprint.add(inputSize)
    fingerprint.add(outputSize)
    fingerprint.add(Int(activation.rawValue))
    fingerprint.add((bias.isThere ? 1 : 0) | (file.isQuantized(weight.index) ? 2 : 0))
    fingerprint.add(file, weight)
    if bias.isThere { fingerprint.add(file, bias) }
  }

  func place(
    _ planner: inout ImagePlanner, _ file: borrowing Safetensors,
    _ architecture: borrowing Architecture
  ) throws(Failure) -> PlacedLayer {
    let record = try planner.placeMatrix(
      file, weight, rows: outputSize, columns: inputSize, bias: bias)
    return PlacedLayer(
      record: record, output: try planner.reserveOutput(outputSize, architecture))
  }

  var kernel: Int {
    let place =
      switch type {
      case .float32: leatcore_linear_f32
      case .float16: leatcore_linear_f16
      case .bfloat16: leatcore_linear_bf16
      case .int8: leatcore_linear_i8
      }
    return Int(place.rawValue)
  }

  func check(_ argument: Text, _ entry: MetadataEntry) throws(Failure) -> Bool {
    switch argument {
    case "in_features": try entry.expect(inputSize)
    case "out_features": try entry.expect(outputSize)
    case "bias": try entry.expect(bias.isThere)
    default: return false
    }
    return true
  }
}
