// SPDX-License-Identifier: MIT
//
// A program of another package. It steps a stream over samples that it computes, saves it after each
// and prints each output's bits; a run that is killed is resumed by the next.
// usage: consumer MODEL STORE COUNT

import Foundation
import Leat

guard CommandLine.arguments.count == 4, let count = UInt64(CommandLine.arguments[3]) else {
  fatalError("usage: consumer MODEL STORE COUNT")
}

let model = try Model(path: CommandLine.arguments[1])
let store = try Store(path: CommandLine.arguments[2])
var stream = try ModelStream(of: model)
try store.load("pump", into: &stream)

var sample = [Float](repeating: 0, count: model.inputSize)
var output = [Float](repeating: 0, count: model.outputSize)
while stream.position < count {
  for index in sample.indices {
    sample[index] = Float(Int(stream.position) * 7 % 11 + index) / 16
  }
  try stream.step(sample, into: &output)
  print(stream.position, output.map { String($0.bitPattern, radix: 16) }.joined(separator: " "))
  try store.save(stream, as: "pump")
}
