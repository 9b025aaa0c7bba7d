// SPDX-License-Identifier: MIT

/// What is done to the input before the first LSTM: (x - mean) / std, as the library computes it.
struct Normalizer {
  /// Numbers along an axis of the input, or one for all of it.
  struct Constants {
    var values: [Float]
    var axis: Axis?
  }

  var mean: Constants?
  var deviation: Constants?
  /// The nodes that it was read from.
  var sources: [String] = []

  var isEmpty: Bool { sources.isEmpty }

  /// One number for each input of the LSTM.
  ///
  /// - Parameter feature: the axis of the input that is the LSTM's inputs
  func resolved(_ feature: Axis, count: Int) throws -> Normalization {
    func all(_ constants: Constants?, otherwise: Float) throws -> [Float] {
      guard let constants else { return [Float](repeating: otherwise, count: count) }
      guard let axis = constants.axis else {
        return [Float](repeating: constants.values[0], count: count)
      }
      guard axis == feature, constants.values.count == count else {
        throw ModelFileError(
          "the numbers of \(sources.joined(separator: " and ")) are not one for each of the "
            + "\(count) inputs; Leat's normalizer has one mean and one std for each input")
      }
      return constants.values
    }
    return Normalization(
      source: sources.joined(separator: ", "), mean: try all(mean, otherwise: 0),
      deviation: try all(deviation, otherwise: 1))
  }
}
