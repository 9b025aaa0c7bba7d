// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension StateRecord {
  /// Checks that a step can start from an element of h or of c. `layer` is the recurrent layer's
  /// number, `prefix` the beginning of the message.
  func check(
    hidden value: Float, at element: Int, layer: Int, _ explanation: Explanation,
    _ code: Int32 = LEAT_E_INPUT, _ prefix: StaticString = ""
  ) throws(Failure) {
    guard value.magnitude <= hiddenLimit else {
      throw explanation.failure(
        code,
        "\(prefix)h[\(element)] of recurrent layer \(layer) is \(value), expected a magnitude of at most \(hiddenLimit)"
      )
    }
    guard value >= hiddenLeast else {
      throw explanation.failure(
        code,
        "\(prefix)h[\(element)] of recurrent layer \(layer) is \(value), expected at least 0, as h with relu is"
      )
    }
  }

  func check(
    cell value: Float, at element: Int, layer: Int, _ explanation: Explanation,
    _ code: Int32 = LEAT_E_INPUT, _ prefix: StaticString = ""
  ) throws(Failure) {
    guard value.magnitude <= cellLimit else {
      let hasLimit = cellLimit < .greatestFiniteMagnitude
      let expected: Message =
        hasLimit ? "a magnitude of at most \(cellLimit)" : "a finite value"
      throw explanation.failure(
        code,
        "\(prefix)c[\(element)] of recurrent layer \(layer) is \(value), expected \(expected)")
    }
  }
}
