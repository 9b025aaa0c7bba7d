// SPDX-License-Identifier: MIT

import LeatKernel

extension Architecture {
  func fingerprint(_ file: borrowing Safetensors) -> InlineArray<32, UInt8> {
    var fingerprint = FingerprintHasher()
    fingerprint.addNumber(inputSize)
    fingerprint.addNumber(hasNormalizer ? 1 : 0)
    if hasNormalizer {
      fingerprint.addForEach(file, inputMean, inputSize)
      fingerprint.addForEach(file, inputDeviation, inputSize)
    }
    if isOfFormat1 {
      fingerprint.addNumber(stateCount)
      hashLayers(into: &fingerprint, file, recurrent: true)
      fingerprint.addNumber(layers.count - stateCount)
      hashLayers(into: &fingerprint, file, recurrent: false)
    } else {
      // A list of format 1 has at least one recurrent layer, so that 0 tells the two apart.
      fingerprint.addNumber(0)
      fingerprint.addNumber(layers.count)
      for index in 0..<layers.count {
        let layer = layers[index]
        fingerprint.addNumber(Int(layer.plan.kind.rawValue))
        fingerprint.addNumber(Int(layer.sourceCount))
        for place in 0..<Int(layer.sourceCount) {
          let source = sources[Int(layer.firstSource) + place]
          fingerprint.addNumber(Int(source.value))
          fingerprint.addNumber(source.size)
        }
        layer.plan.hash(into: &fingerprint, file)
      }
    }
    return fingerprint.finish()
  }

  private func hashLayers(
    into fingerprint: inout FingerprintHasher, _ file: borrowing Safetensors, recurrent: Bool
  ) {
    for index in 0..<layers.count {
      let plan = layers[index].plan
      if (plan.state != nil) == recurrent { plan.hash(into: &fingerprint, file) }
    }
  }
}
