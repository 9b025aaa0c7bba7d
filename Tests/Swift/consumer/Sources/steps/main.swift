// SPDX-License-Identifier: MIT
//
// Prints how many nanoseconds a step takes, the median of 31 rounds.
// usage: steps MODEL

import Foundation
import Leat

let model = try Model(path: CommandLine.arguments[1])
var stream = try ModelStream(of: model)
let sample = [Float](repeating: 0.25, count: model.inputSize)
var output = [Float](repeating: 0, count: model.outputSize)
var times: [Double] = []
for _ in 0..<31 {
  let start = DispatchTime.now().uptimeNanoseconds
  for _ in 0..<20_000 { try stream.step(sample, into: &output) }
  times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 20_000)
}
print(Int(times.sorted()[15]))
