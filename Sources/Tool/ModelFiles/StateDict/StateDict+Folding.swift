// SPDX-License-Identifier: MIT

/// Weights that a module computes from others before each step, as weight_norm and spectral_norm of
/// torch.nn.utils do: when a model runs, the result is always the same, and takes their place.
extension StateDict {
  mutating func fold() throws {
    for tensor in tensors {
      // torch.nn.utils.parametrizations, and the older torch.nn.utils.
      if let name = tensor.name.withoutSuffix(".original0") {
        let weight = name.replacing("parametrizations.", with: "", maxReplacements: 1)
        try foldWeightNorm(weight, magnitude: tensor.name, direction: "\(name).original1")
      } else if let name = tensor.name.withoutSuffix("_g"), find("\(name)_v") != nil {
        try foldWeightNorm(name, magnitude: tensor.name, direction: "\(name)_v")
      } else if let name = tensor.name.withoutSuffix(".original") {
        let weight = name.replacing("parametrizations.", with: "", maxReplacements: 1)
        try foldSpectralNorm(weight, tensor.name, left: "\(name).0._u", right: "\(name).0._v")
      } else if let name = tensor.name.withoutSuffix("_orig") {
        try foldSpectralNorm(name, tensor.name, left: "\(name)_u", right: "\(name)_v")
      }
    }
  }

  /// weight = g · v / |v|, where |v| is of each row, of each column, or of the whole, as g is.
  private mutating func foldWeightNorm(
    _ weight: String, magnitude: String, direction: String
  ) throws {
    let (g, v) = (try tensor(magnitude, for: weight), try tensor(direction, for: weight))
    let rows = v.shape.first ?? 1
    let columns = v.count / max(1, rows)
    let group: (Int) -> Int
    if g.count == 1 {
      group = { _ in 0 }
    } else if g.count == rows, g.shape.first == rows {
      group = { $0 / columns }
    } else if v.shape.count == 2, g.shape == [1, columns] {
      group = { $0 % columns }
    } else {
      throw ModelFileError(
        "'\(magnitude)' is of shape \(g.shape), expected a number for each row or column of "
          + "'\(direction)', \(v.shape)")
    }
    let (factors, directions) = (try g.doubles(), try v.doubles())
    var squares = [Double](repeating: 0, count: g.count)
    for (index, value) in directions.enumerated() { squares[group(index)] += value * value }
    let values = directions.enumerated().map { index, value in
      Float(factors[group(index)] * value / squares[group(index)].squareRoot())
    }
    replace([magnitude, direction], by: Tensor(name: weight, shape: v.shape, floats: values))
    notes.append("'\(weight)': weight_norm is folded into it, g · v / |v|")
  }

  /// weight = W / σ, σ = u · (W v), where the rows of W are the first axis.
  private mutating func foldSpectralNorm(
    _ weight: String, _ original: String, left: String, right: String
  ) throws {
    let matrix = try tensor(original, for: weight)
    let (u, v) = (try tensor(left, for: weight), try tensor(right, for: weight))
    let columns = matrix.count / max(1, u.count)
    guard u.count > 0, u.count == matrix.shape.first, v.count == columns else {
      throw ModelFileError(
        "'\(original)' is of shape \(matrix.shape), and '\(left)' and '\(right)' of "
          + "\(u.shape) and \(v.shape), expected a number for each row and for each column")
    }
    let (values, lefts, rights) = (try matrix.doubles(), try u.doubles(), try v.doubles())
    var sigma = 0.0
    for (index, value) in values.enumerated() {
      sigma += lefts[index / columns] * value * rights[index % columns]
    }
    let scaled = Tensor(
      name: weight, shape: matrix.shape, floats: values.map { Float($0 / sigma) })
    replace([original, left, right], by: scaled)
    notes.append("'\(weight)': spectral_norm is folded into it, W / σ")
  }

  private func find(_ name: String) -> Int? { tensors.firstIndex { $0.name == name } }

  private func tensor(_ name: String, for weight: String) throws -> Tensor {
    guard let index = find(name) else {
      throw ModelFileError(
        "'\(weight)' is computed from tensors of the file, and '\(name)' isn't there: found a "
          + "parametrization that isn't weight_norm or spectral_norm, or a part of one; remove "
          + "it with torch.nn.utils.parametrize.remove_parametrizations, and save again")
    }
    return tensors[index]
  }

  private mutating func replace(_ names: [String], by tensor: Tensor) {
    let place = names.compactMap(find).min() ?? 0
    tensors[place] = tensor
    parts[place] = Conversion.Part(source: names.joined(separator: ", "), tensors: [tensor.name])
    for index in tensors.indices.reversed()
    where index != place && names.contains(tensors[index].name) {
      tensors.remove(at: index)
      parts.remove(at: index)
    }
  }
}

extension String {
  fileprivate func withoutSuffix(_ suffix: String) -> String? {
    hasSuffix(suffix) && count > suffix.count ? String(dropLast(suffix.count)) : nil
  }
}
