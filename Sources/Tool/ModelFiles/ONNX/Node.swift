// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import SwiftProtobuf

/// A node of the graph, whose attributes are all accounted for.
struct Node {
  let proto: ONNXNodeProto
  /// Of ONNX's own operators.
  let opset: Int

  init(_ proto: ONNXNodeProto, index: Int, opset: Int) {
    (self.proto, self.opset) = (proto, opset)
    title = "node \(proto.name.isEmpty ? "\(index)" : "'\(proto.name)'") (\(proto.opType))"
  }

  let title: String
  var type: String { proto.opType }

  func refusal(_ reason: String) -> ModelFileError { ModelFileError("\(title): \(reason)") }

  /// Refuses attributes that nobody asks for.
  func expect(attributes names: String...) throws {
    var seen: Set<String> = []
    for attribute in proto.attribute {
      guard names.contains(attribute.name) else {
        throw refusal("attribute '\(attribute.name)' isn't one that Leat knows of this operator")
      }
      guard seen.insert(attribute.name).inserted else {
        throw refusal("attribute '\(attribute.name)' stands twice")
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

  // Some writers leave `type` out, so what is there decides.

  func int(_ name: String) throws -> Int? {
    guard let attribute = attribute(name) else { return nil }
    guard attribute.type == 2 || attribute.type == 0 else {
      throw refusal("attribute '\(name)' isn't an integer")
    }
    return Int(attribute.i)
  }

  func float(_ name: String) throws -> Float? {
    guard let attribute = attribute(name) else { return nil }
    guard attribute.type == 1 || attribute.type == 0 else {
      throw refusal("attribute '\(name)' isn't a number")
    }
    return attribute.f
  }

  func string(_ name: String) throws -> String? {
    guard let attribute = attribute(name) else { return nil }
    guard attribute.type == 3 || attribute.type == 0 else {
      throw refusal("attribute '\(name)' isn't a text")
    }
    return String(decoding: attribute.s, as: UTF8.self)
  }

  func ints(_ name: String) throws -> [Int]? {
    guard let attribute = attribute(name) else { return nil }
    guard attribute.type == 7 || attribute.type == 0 else {
      throw refusal("attribute '\(name)' isn't a list of integers")
    }
    return attribute.ints.map { Int($0) }
  }

  func floats(_ name: String) throws -> [Float]? {
    guard let attribute = attribute(name) else { return nil }
    guard attribute.type == 6 || attribute.type == 0 else {
      throw refusal("attribute '\(name)' isn't a list of numbers")
    }
    return attribute.floats
  }

  func strings(_ name: String) throws -> [String]? {
    guard let attribute = attribute(name) else { return nil }
    guard attribute.type == 8 || attribute.type == 0 else {
      throw refusal("attribute '\(name)' isn't a list of texts")
    }
    return attribute.strings.map { String(decoding: $0, as: UTF8.self) }
  }

  func tensor(_ name: String) throws -> ONNXTensorProto? {
    guard let attribute = attribute(name) else { return nil }
    guard attribute.t.count == 1 else { throw refusal("attribute '\(name)' isn't a tensor") }
    return attribute.t[0]
  }

  /// An axis as it is counted: from the end when it is negative.
  func axis(_ axis: Int, of rank: Int) throws -> Int {
    guard axis >= -rank, axis < rank else {
      throw refusal("axis \(axis) of \(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }
}
