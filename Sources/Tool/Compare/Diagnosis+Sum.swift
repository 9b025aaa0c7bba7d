// SPDX-License-Identifier: MIT

import Leat

/// A residual connection around the whole model, with an activation before or after it: forward()
/// has it, and a state_dict doesn't.
extension Diagnosis {
  func missingSum() -> String? {
    let size = model.inputSize
    guard size >= width else { return nil }
    let source = "+input\(size == width ? "" : "[0:\(width)]")"
    let normalizer = model.normalizer
    let own = computed.map(Double.init)
    for isNormalized in [true, false] where isNormalized || hasNormalizer {
      let addend = (0..<recording.steps * width).map { index in
        let (step, element) = (index / width, index % width)
        let value = recording.inputs[step * size + element]
        let (mean, deviation) = (
          normalizer.mean[element], normalizer.standardDeviation[element]
        )
        return Double(isNormalized ? (value - mean) / deviation : value)
      }
      let input = size == width ? "input" : "input's first \(width)"
      let place = isNormalized ? "" : " before the normalizer"
      for (found, layers, values) in candidates(own, addend, source)
      where explains({ values[$0] }) {
        let remedy =
          isNormalized
          ? remedy(layers) : "add it in your program, as Leat adds normalized inputs"
        return """
          the recorded outputs are \(found) the \(input)\(place): a state_dict doesn't show a \
          residual; \(remedy)
          """
      }
    }
    return nil
  }

  private typealias Candidate = (found: String, layers: String, values: [Double])

  private func candidates(
    _ own: [Double], _ addend: [Double], _ source: String
  ) -> [Candidate] {
    let sum = zip(own, addend).map { $0 + $1 }
    var all: [Candidate] = [("the model's plus", source, sum)]
    for (name, apply) in Diagnosis.activations {
      let activated = rows(of: own).flatMap(apply)
      let activatedFirst = zip(activated, addend).map { $0 + $1 }
      let activatedLast = rows(of: sum).flatMap(apply)
      all.append(("the \(name) of the model's, plus", ":\(name) \(source)", activatedFirst))
      all.append(("the \(name) of the model's plus", "\(source) :\(name)", activatedLast))
    }
    return all
  }
}
