// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

extension ChosenActivation {
  /// One of the activations that all loaders know.
  init?(plain word: Text) {
    switch word {
    case "none": self.init(.none)
    case "relu": self.init(.relu)
    case "sigmoid": self.init(.sigmoid)
    case "tanh": self.init(.tanh)
    case "softmax": self.init(.softmax)
    default: return nil
    }
  }

  /// Any activation, with or without numbers: `elu`, `hard_sigmoid(0.2,0.5)`. Without numbers it
  /// has PyTorch's defaults. Nil if the word is none, or the numbers are not those that it takes.
  init?(_ word: Text) {
    var name = word
    var numbers = Text()
    if word.count > 0, word.bytes[word.count - 1] == UInt8(ascii: ")"),
      let open = word.firstIndex(of: UInt8(ascii: "("))
    {
      name = word.slice(0, open)
      numbers = word.slice(open + 1, word.count - 1)
      guard numbers.count > 0 else { return nil }
    }
    if let plain = ChosenActivation(plain: name) {
      self = plain
    } else if let other = ChosenActivation(other: name) {
      self = other
    } else {
      return nil
    }
    if numbers.count > 0 {
      // relu6 has its numbers in its name.
      guard !(name == "relu6"), take(numbers) else { return nil }
    }
    guard isDefined else { return nil }
  }

  private init?(other word: Text) {
    switch word {
    case "leaky_relu": self.init(.leakyRelu, 0.01)
    case "elu": self.init(.elu, 1)
    case "gelu": self.init(.gelu)
    case "gelu_tanh": self.init(.geluTanh)
    case "silu": self.init(.silu)
    case "softplus": self.init(.softplus, 1, 20)
    case "softsign": self.init(.softsign)
    case "hard_sigmoid": self.init(.hardSigmoid, 1 / 6, 0.5)
    case "hardtanh": self.init(.hardtanh, -1, 1)
    case "relu6": self.init(.hardtanh, 0, 6)
    case "hardswish": self.init(.hardswish)
    case "log_softmax": self.init(.logSoftmax)
    default: return nil
    }
  }

  /// Takes the numbers between the parentheses. False if they are not as many as it has.
  private mutating func take(_ numbers: Text) -> Bool {
    let comma = numbers.firstIndex(of: UInt8(ascii: ","))
    guard numberCount == (comma == nil ? 1 : 2) else { return false }
    guard let value = number(numbers.slice(0, comma ?? numbers.count)) else { return false }
    first = value
    guard let comma else { return true }
    guard let value = number(numbers.slice(comma + 1, numbers.count)) else { return false }
    second = value
    return true
  }

  /// A number as a float. Smaller ones than a weight may be are 0: see `Least`.
  private func number(_ text: Text) -> Float? {
    guard let value = text.decimal, value.magnitude <= 0x1p60 else { return nil }
    return Float(value).flushed(below: Least.value)
  }

  /// Whether the function is defined for its numbers.
  private var isDefined: Bool {
    switch activation {
    case .softplus: first >= 0x1p-20 && first <= 0x1p20
    case .hardtanh: first <= second
    default: true
    }
  }
}
