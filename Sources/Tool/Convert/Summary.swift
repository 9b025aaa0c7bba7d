// SPDX-License-Identifier: MIT

import LeatModelFiles

extension Convert {
  /// What is told of a conversion.
  struct Summary: Encodable {
    let format: String
    let parts: [Conversion.Part]
    let layers: String?
    let notes: [String]
    var inputs = 0
    var outputs = 0
    var fingerprint = ""
    var check: Comparison.Report?

    init(_ conversion: Conversion, format: SourceFormat) {
      self.format = format.rawValue
      parts = conversion.parts
      layers = conversion.metadata["leat.layers"]
      notes = conversion.notes
    }

    mutating func describe(_ model: Model) {
      (inputs, outputs, fingerprint) = (model.inputSize, model.outputSize, model.fingerprint)
    }

    func print(json: Bool) throws {
      if json { return try Output.print(json: self) }
      var table = Table([("source", .left), ("tensors", .left)])
      for part in parts {
        table.add(Text.printable(part.source), Text.printable(part.tensors.joined(separator: " ")))
      }
      try table.print()
      if let layers { try Output.print("layers       \(Text.printable(layers))") }
      try Output.print("inputs       \(inputs)")
      try Output.print("outputs      \(outputs)")
      try Output.print("fingerprint  \(fingerprint)")
      for note in notes { try Output.print("note         \(Text.printable(note))") }
      try check?.print()
    }
  }
}
