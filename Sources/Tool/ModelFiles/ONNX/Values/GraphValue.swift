// SPDX-License-Identifier: MIT

/// What is known of a value of the graph before the model is run.
enum GraphValue {
  case floats(ConstantTensor<Float>)
  case integers(ConstantTensor<Length>)
  case signal(Signal)
  /// The first features of a signal, this many; the signal's axes have that length.
  case beginning(Signal, Int)
  /// A formula of each element of a signal that isn't an activation, or not yet.
  case formula(Signal, Formula)
  /// States of recurrent layers, along the first axis.
  case states([Signal])
  /// A part of the graph's input of that name: an initial state.
  case inputPart(String)
  /// Not understood. This matters only when an output needs the value.
  case refused(ModelFileError)

  var title: String {
    switch self {
    case .floats(let tensor): "a constant of shape \(tensor.shape)"
    case .integers(let tensor): "integers of shape \(tensor.shape)"
    case .signal(let signal): "what comes from input '\(signal.input)', \(signal.title)"
    case .beginning(let signal, let count):
      signal.links.isEmpty
        ? "a part of input '\(signal.input)'" : "the first \(count) of a layer's outputs"
    case .formula(_, let formula): "\(formula.title), which is no activation of Leat"
    case .states: "the states of recurrent layers"
    case .inputPart(let name): "a part of input '\(name)'"
    case .refused: "a value that can't be converted"
    }
  }

  var isFormula: Bool { if case .formula = self { true } else { false } }

  /// The lengths of a constant's axes; nil of any other value.
  var constantLengths: [Length]? {
    switch self {
    case .floats(let tensor): tensor.lengths
    case .integers(let tensor): tensor.lengths
    default: nil
    }
  }

  /// A constant with its elements in other places; nil of any other value.
  ///
  /// - Parameter rearrangement: gets the constant's shape
  func rearranged(_ rearrangement: ([Int]) throws -> Rearrangement) rethrows -> GraphValue? {
    switch self {
    case .floats(let tensor): .floats(tensor.rearranged(try rearrangement(tensor.shape)))
    case .integers(let tensor): .integers(tensor.rearranged(try rearrangement(tensor.shape)))
    default: nil
    }
  }
}
