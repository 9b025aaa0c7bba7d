// SPDX-License-Identifier: MIT

import FoundationEssentials
import SwiftProtobuf

/// A node of the graph. Each operator names the attributes that it reads, and any other is refused:
/// it could change the result.
struct Node {
  let proto: ONNXNodeProto
  /// The version of ONNX's own operators.
  let opset: Int

  init(_ proto: ONNXNodeProto, index: Int, opset: Int) {
    (self.proto, self.opset) = (proto, opset)
    title = "node \(proto.name.isEmpty ? "\(index)" : "'\(proto.name)'") (\(proto.opType))"
  }

  let title: String
  var type: String { proto.opType }

  func refusal(_ reason: String) -> ModelFileError { ModelFileError("\(title): \(reason)") }

  /// Refuses all other attributes.
  func expect(attributes names: String...) throws { try expect(attributes: names) }

  func expect(attributes names: [String]) throws {
    var seen: Set<String> = []
    for attribute in proto.attribute {
      guard names.contains(attribute.name) else {
        throw refusal("attribute '\(attribute.name)' isn't one that Leat knows of this operator")
      }
      guard seen.insert(attribute.name).inserted else {
        throw refusal("attribute '\(attribute.name)' is given twice")
      }
      guard attribute.refAttrName.isEmpty, attribute.unknownFields.data.isEmpty else {
        throw refusal("attribute '\(attribute.name)' isn't a plain value")
      }
    }
  }

  private func attribute(_ name: String) -> ONNXAttributeProto? {
    proto.attribute.first { $0.name == name }
  }

  func has(_ name: String) -> Bool { attribute(name) != nil }

  /// - Parameters:
  ///   - type: ONNX's AttributeProto.AttributeType; some writers leave it out, as 0
  private func value<Value>(
    _ name: String, _ type: Int32, _ title: String, _ read: (ONNXAttributeProto) -> Value
  ) throws -> Value? {
    guard let attribute = attribute(name) else { return nil }
    guard attribute.type == type || attribute.type == 0 else {
      throw refusal("attribute '\(name)' isn't \(title)")
    }
    return read(attribute)
  }

  func float(_ name: String) throws -> Float? { try value(name, 1, "a number") { $0.f } }

  func int(_ name: String) throws -> Int? { try value(name, 2, "an integer") { Int($0.i) } }

  func string(_ name: String) throws -> String? {
    try value(name, 3, "a string") { String(decoding: $0.s, as: UTF8.self) }
  }

  func floats(_ name: String) throws -> [Float]? {
    try value(name, 6, "a list of numbers") { $0.floats }
  }

  func ints(_ name: String) throws -> [Int]? {
    try value(name, 7, "a list of integers") { $0.ints.map { Int($0) } }
  }

  func strings(_ name: String) throws -> [String]? {
    try value(name, 8, "a list of strings") {
      $0.strings.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  func tensor(_ name: String) throws -> ONNXTensorProto? {
    guard let attribute = attribute(name) else { return nil }
    guard attribute.t.count == 1 else { throw refusal("attribute '\(name)' isn't a tensor") }
    return attribute.t[0]
  }

  /// An axis from 0, of one that is counted from the end when it is negative.
  func axis(_ axis: Int, of rank: Int) throws -> Int {
    guard axis >= -rank, axis < rank else {
      throw refusal("found axis \(axis), expected \(-rank) to \(rank - 1)")
    }
    return axis < 0 ? axis + rank : axis
  }
}
