// SPDX-License-Identifier: MIT

import FoundationEssentials

/// Any JSON value, for files in which the value of a key may have one of several types.
enum JSONValue: Decodable {
  case null
  case boolean(Bool)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Numbers first, as most values are numbers.
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
        in: container, debugDescription: "none of JSON's types, or a number too large")
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

  /// Whether this turns an option off.
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

  /// The numbers of nested arrays, and their shape; nil when the arrays aren't a tensor.
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

  /// The numbers of a tensor of known shape.
  func tensor(_ shape: [Int], _ title: String) throws -> [Float] {
    let found = tensor()
    guard let found, found.shape == shape else {
      throw ModelFileError(
        "\(title) is \(found.map { "of shape \($0.shape)" } ?? self.title), expected \(shape)")
    }
    return found.values
  }
}

extension Conversion {
  mutating func keep(_ key: String, _ value: JSONValue) {
    switch value {
    case .text(let text): keep(key, text)
    case .number, .boolean: keep(key, value.title)
    case .null: break
    case .array, .object: note("'\(key)' isn't kept: \(value.title)")
    }
  }
}
