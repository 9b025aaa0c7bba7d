// SPDX-License-Identifier: MIT

/// What AIDA-X computes around the network of its models, in this order: it multiplies the first
/// input by `in_gain`; it adds that product to the network's output, if `in_skip` is 1; it
/// multiplies the output by `out_gain`. Both gains are in dB.
///
/// A gain becomes a linear layer, which rounds the product as AIDA-X does. A normalizer divides, and
/// weights that were multiplied by the gain would be rounded themselves.
struct AIDAXSurroundings {
  private let inGain: Gain?
  private let outGain: Gain?
  private let addsInput: Bool

  private struct Gain {
    let key: String
    let decibels: Double
    let factor: Float

    /// - Returns: nil for no gain
    init?(_ file: [String: JSONValue], _ key: String) throws {
      guard let value = file[key], !value.isOff else { return nil }
      guard case .number(let decibels) = value, decibels.magnitude <= 200 else {
        throw ModelFileError("\(key) is \(value.title), expected dB, a number of -200 to 200")
      }
      (self.key, self.decibels) = (key, decibels)
      // AIDA-X's silence.
      factor = decibels > -90 ? powerOfTen(decibels / 20) : 0
    }

    func layer(size: Int) -> Layer {
      .linear(
        .diagonal([factor] + [Float](repeating: 1, count: size - 1), source: key))
    }

    func note(_ place: String) -> String {
      "\(key) of \(decibels) dB is a linear layer \(place), times \(factor): it rounds the product "
        + "as AIDA-X does, and the normalizer or another layer's weights would not"
    }
  }

  init(_ file: [String: JSONValue]) throws {
    inGain = try Gain(file, "in_gain")
    outGain = try Gain(file, "out_gain")
    let skip = file["in_skip"] ?? .null
    guard skip.isOff || skip.integer == 1 else {
      throw ModelFileError(
        "in_skip is \(skip.title), expected 0 or 1: AIDA-X adds no more than the first input")
    }
    addsInput = !skip.isOff
    try Self.refuse(["skip", "input_gain", "output_gain"], in: file)
  }

  /// Refuses keys that would change the outputs, if anything reads them.
  static func refuse(_ keys: [String], in file: [String: JSONValue]) throws {
    for key in keys {
      guard let value = file[key], !value.isOff else { continue }
      throw ModelFileError(
        "\(key) is \(value.title), expected 0: no program is known that says what it does here; "
          + "set \(key) to 0, and compute it in your program")
    }
  }

  /// What comes before the network.
  func begin(_ network: inout Network, inputs: Int) throws {
    guard let inGain else { return }
    guard inputs <= ModuleList.largestIdentity else {
      throw ModelFileError(
        "in_gain: found \(inputs) inputs, expected at most \(ModuleList.largestIdentity)")
    }
    network.layers.append(inGain.layer(size: inputs))
    network.notes.append(
      inGain.note(inputs == 1 ? "before the others" : "of the first input, before the others"))
  }

  /// What comes after it.
  func end(_ network: inout Network, inputs: Int, outputs: Int) throws {
    for (key, isThere) in [("in_skip", addsInput), ("out_gain", outGain != nil)] where isThere {
      guard outputs == 1 else {
        throw ModelFileError("\(key): found \(outputs) outputs, expected 1, as in AIDA-X")
      }
    }
    if addsInput {
      network.layers.append(
        .sum(
          SumLayer(
            source: "in_skip", size: 1, addend: inGain == nil ? .input : .layer(0), first: 1)))
      network.notes.append(
        "in_skip is 1: the first input\(inGain == nil ? "" : ", times in_gain,") is added to the "
          + "output, as AIDA-X does")
    }
    if let outGain {
      network.layers.append(outGain.layer(size: 1))
      network.notes.append(outGain.note("after the others"))
    }
  }
}

/// 10^x rounded to a float, for |x| of at most 10: e^y = 2^n e^r with |r| below 0.35, of which 20
/// terms of the series are more exact than a Double.
private func powerOfTen(_ x: Double) -> Float {
  let y = x * 2.302585092994045684
  let n = (y / 0.693147180559945309).rounded()
  let r = y - n * 0.693147180559945309
  var sum = 1.0
  for term in stride(from: 20.0, to: 0, by: -1) { sum = 1 + sum * r / term }
  return Float(sum * Double(sign: .plus, exponent: Int(n), significand: 1))
}
