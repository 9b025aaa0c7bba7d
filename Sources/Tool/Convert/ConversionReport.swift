// SPDX-License-Identifier: MIT

import Leat
import LeatModelFiles

/// What `leat convert` reports.
struct ConversionReport: Encodable {
  let format: String
  let parts: [Conversion.Part]
  let layers: String?
  let notes: [String]
  let inputs, outputs: Int
  let fingerprint: String
  let check: Comparison.Report?

  init(
    _ conversion: Conversion, format: SourceFormat, model: Model, check: Comparison.Report?
  ) {
    self.format = format.rawValue
    parts = conversion.parts
    layers = conversion.metadata["leat.layers"]
    notes = conversion.notes
    (inputs, outputs, fingerprint) = (model.inputSize, model.outputSize, "\(model.fingerprint)")
    self.check = check
  }

  func print(json: Bool) throws {
    if json { return try Output.print(json: self) }
    var table = Table([("source", .left), ("tensors", .left)])
    for part in parts { table.add(part.source, part.tensors.joined(separator: " ")) }
    try table.print()
    if let layers { try Output.print("layers       \(Text.printable(layers))") }
    try Output.print("inputs       \(inputs)")
    try Output.print("outputs      \(outputs)")
    try Output.print("fingerprint  \(fingerprint)")
    for note in notes { try Output.print("note         \(Text.printable(note))") }
    try check?.print()
  }
}
