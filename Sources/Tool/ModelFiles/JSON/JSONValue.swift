// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Any JSON, for files in which a key's value may be one thing or another.
enum JSONValue: Decodable {
  case null
  case boolean(Bool)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Numbers first: there are the most of them.
    if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([String: JSONValue].self) {
      self = .object(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if container.decodeNil() {
      self = .null
    } else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "neither of JSON's types, or a number too large")
    }
  }

  static func read(_ bytes: Data) throws -> [String: JSONValue] {
    do {
      return try JSONDecoder().decode([String: JSONValue].self, from: bytes)
    } catch {
      throw ModelFileError("isn't a JSON object, or is cut short, or has a number too large")
    }
  }

  subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  var text: String? { if case .text(let value) = self { value } else { nil } }

  var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

  var integer: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }

  /// Whether it is nothing, as a switch that is off.
  var isOff: Bool {
    switch self {
    case .null, .boolean(false), .number(0), .text(""): true
    default: false
    }
  }

  var title: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let value): Int(exactly: value).map { "\($0)" } ?? "\(value)"
    case .text(let value): "\"\(value.prefix(100))\""
    case .array(let values): "an array of \(values.count)"
    case .object: "an object"
    }
  }

  /// The numbers of nested arrays, and how they are nested; nil when they aren't a tensor.
  func tensor() -> (shape: [Int], values: [Float])? {
    switch self {
    case .number(let value): return ([], [Float(value)])
    case .array(let members):
      var shape: [Int]?
      var values: [Float] = []
      for member in members {
        guard let part = member.tensor(), shape == nil || shape == part.shape else { return nil }
        shape = part.shape
        values += part.values
      }
      return ([members.count] + (shape ?? []), values)
    default: return nil
    }
  }

  /// A matrix of known size.
  func matrix(_ rows: Int, _ columns: Int, _ title: String) throws -> [Float] {
    guard let (shape, values) = tensor(), shape == [rows, columns] else {
      throw ModelFileError(
        "\(title) is \(tensor().map { "of shape \($0.shape)" } ?? self.title), expected "
          + "\([rows, columns])")
    }
    return values
  }

  func vector(_ count: Int, _ title: String) throws -> [Float] {
    guard let (shape, values) = tensor(), shape == [count] else {
      throw ModelFileError(
        "\(title) is \(tensor().map { "of shape \($0.shape)" } ?? self.title), expected \([count])")
    }
    return values
  }
}

/// A matrix [rows][columns] as [columns][rows].
func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
  var result: [Float] = []
  result.reserveCapacity(values.count)
  for column in 0..<columns {
    for row in 0..<rows { result.append(values[row * columns + column]) }
  }
  return result
}
