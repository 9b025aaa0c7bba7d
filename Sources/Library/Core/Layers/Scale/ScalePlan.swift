// SPDX-License-Identifier: MIT
//
// (x - mean) factor + shift for each element, with constants. There are two of these layers:
//
//     nn.BatchNorm1d in evaluation   mean     running_mean
//                                    factor   weight / sqrt(running_var + eps)
//                                    shift    bias
//     the denormalizer, the last     factor   output_std, or output_range
//     layer, which gives outputs     shift    output_mean, or output_min
//     in units
//
// The factor is kept as the sum of two floats, so that the result is as exact as a float can be.

import CLeat
import LeatSupport
import LeatKernel

struct ScalePlan: BitwiseCopyable {
  /// A tensor of the module, by which it is known; none of the denormalizer.
  var module = TensorIndex()
  /// Of a BatchNorm1d.
  var mean = TensorIndex()
  var variance = TensorIndex()
  var epsilon = 0.0
  /// `weight` and `bias`, both or neither; or `output_std` and `output_mean`.
  var factor = TensorIndex()
  var shift = TensorIndex()
  @Compact var size = 0

  private var isBatchNorm: Bool { variance.isPresent }

  func boundOutput(_ file: borrowing Safetensors, input: Double) throws(Failure) -> Double {
    let reader = ScaleReader(self, file)
    var output = 0.0
    for element in 0..<size {
      let mean = Double(reader.mean(element).magnitude)
      let factor = try reader.factor(element, file).magnitude
      let bound = (input + mean) * factor + Double(reader.shift(element).magnitude)
      guard input + mean <= SumBound.largestOutput, factor <= 0x1p100,
        bound <= SumBound.ceiling
      else { throw file.weightsTooLarge((isBatchNorm ? module : self.factor).index) }
      output = max(output, bound)
    }
    return output * 2
  }

  func hash(into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors) {
    fingerprint.addNumber(size)
    fingerprint.addNumber((isBatchNorm ? 1 : 0) | (factor.isPresent ? 2 : 0))
    if isBatchNorm {
      fingerprint.addTensor(file, mean)
      fingerprint.addTensor(file, variance)
      fingerprint.addDouble(epsilon)
    }
    guard factor.isPresent else { return }
    fingerprint.addForEach(file, factor, size)
    fingerprint.addForEach(file, shift, size)
  }

  func placeLayer(
    _ planner: inout BlockPlanner, _ file: borrowing Safetensors, _ values: borrowing Table<Value>
  ) throws(Failure) -> PlacedLayer {
    let tensors = (isBatchNorm ? 2 : 0) + (factor.isPresent ? 2 : 0)
    planner.count(macs: 0, parameters: UInt64(tensors) * UInt64(size))
    let offset = try planner.reserveRecord(ScaleRecord.self)
    let padded = MatrixRecord.padded(size)
    let record = ScaleRecord(
      size: size, mean: try planner.reserve(padded), factor: try planner.reserve(padded),
      rest: try planner.reserve(padded), shift: try planner.reserve(padded))
    if let writer = planner.writer {
      writer.writeRecord(record, at: offset)
      let reader = ScaleReader(self, file)
      for element in 0..<size {
        let factor = try reader.factor(element, file)
        let rounded = Float(factor).flushed(below: Least.value)
        let rest = rounded == 0 ? 0 : Float(factor - Double(rounded)).flushed(below: Least.value)
        let mean = reader.mean(element).flushed(below: Least.value)
        writer.writeFloat(mean, at: record.mean, element)
        writer.writeFloat(rounded, at: record.factor, element)
        writer.writeFloat(rest, at: record.rest, element)
        writer.writeFloat(
          reader.shift(element).flushed(below: Least.bias), at: record.shift, element)
      }
    }
    return PlacedLayer(
      record: offset, output: Place(try planner.stream.reserveOutput(size, values)))
  }

  func checkArgument(_ argument: Text, _ entry: MetadataEntry) throws(Failure) -> Bool {
    guard isBatchNorm else { return false }
    switch argument {
    case "num_features": try entry.expect(size)
    case "affine": try entry.expect(factor.isPresent)
    case "track_running_stats": try entry.expect(true)
    case "eps", "momentum": break  // eps was read; momentum acts in training only
    default: return false
    }
    return true
  }
}
