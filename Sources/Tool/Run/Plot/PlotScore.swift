// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// The value that is drawn as the score of each sample.
enum PlotScore {
  /// One of the outputs.
  case output(Int)
  /// How far a sample was from the output before it.
  case forecast(ForecastError)

  /// - Parameter name: an output's, or "forecast"
  init(_ name: String, model: Model, outputNames: [String]) throws {
    if let index = outputNames.firstIndex(of: name) {
      self = .output(index)
    } else if name == "forecast" {
      guard model.inputSize == model.outputSize else {
        throw ToolError(
          .usage,
          "--score forecast: found \(model.inputSize) inputs and \(model.outputSize) outputs, "
            + "expected the same number: each output forecasts an input")
      }
      self = .forecast(ForecastError(model: model))
    } else {
      throw ToolError(
        .usage,
        "--score: found '\(name)', expected forecast or an output: "
          + outputNames.joined(separator: ", "))
    }
  }
}

/// The error of a model whose outputs forecast the next values of its inputs, normalised: the RMS
/// over the inputs, in standard deviations.
struct ForecastError {
  private let mean: [Float]
  private let deviation: [Float]
  /// Whether forecasts come in the units of the inputs.
  private let isInUnits: Bool
  private var forecast: [Float]?

  init(model: Model) {
    (mean, deviation) = model.normalizer
    isInUnits = model.hasDenormalizer
  }

  /// - Returns: the error of a block's sample; NaN where there was no output before it
  mutating func next(_ block: SampleBlock, row: Int) -> Float {
    let size = mean.count
    defer {
      // Safe: row is one of the block's, which has room for as many outputs as mean has elements.
      forecast =
        block.hasOutput(row)
        ? unsafe Array(UnsafeBufferPointer(start: block.outputs + row * size, count: size)) : nil
    }
    guard let forecast else { return .nan }
    var sum: Float = 0
    for index in 0..<size {
      let value = unsafe block.inputs[row * size + index]
      let error =
        isInUnits
        ? (value - forecast[index]) / deviation[index]
        : (value - mean[index]) / deviation[index] - forecast[index]
      sum += error * error
    }
    return (sum / Float(size)).squareRoot()
  }
}
