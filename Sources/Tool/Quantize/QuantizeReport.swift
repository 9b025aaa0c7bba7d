// SPDX-License-Identifier: MIT

import LeatModelFiles

/// What `leat quantize` reports.
struct QuantizeReport: Encodable {
  struct Weight: Encodable {
    let name: String
    let shape: [Int]
    let before, after: String
    let largest, maxError: Float

    init(_ original: Tensor, _ narrowed: QuantizedTensor) {
      (name, shape) = (original.name, original.shape)
      (before, after) = (original.type, narrowed.tensor.type)
      (largest, maxError) = (narrowed.largest, narrowed.error)
    }
  }

  struct Change: Encodable {
    let before, after: Int

    init(_ before: Int, _ after: Int) { (self.before, self.after) = (before, after) }
  }

  let weights: [Weight]
  let fileBytes, modelSize: Change
  let errors: OutputErrors?

  func print() throws {
    var table = Table([
      ("tensor", .left), ("shape", .left), ("was", .left), ("is", .left), ("largest", .right),
      ("max error", .right),
    ])
    for weight in weights {
      table.add(
        weight.name, "\(weight.shape)", weight.before, weight.after,
        Figures.scientific(Double(weight.largest)), Figures.scientific(Double(weight.maxError)))
    }
    try table.print()
    try Output.print("file    \(fileBytes.before) -> \(fileBytes.after) bytes")
    try Output.print("memory  \(modelSize.before) -> \(modelSize.after) bytes")
    guard let errors else { return }
    try Output.print("")
    try errors.print()
    try Output.print("over \(Figures.grouped(errors.steps)) steps")
  }
}
