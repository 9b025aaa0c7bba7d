// SPDX-License-Identifier: MIT

import FoundationEssentials
import SwiftProtobuf

/// Evaluates a graph without its input: visits the nodes in their order, and finds out for each
/// value whether it is a constant, integers of a shape, or a signal that comes from the input
/// through a chain of layers. Any other value becomes a refusal, which is thrown when an output
/// needs the value. The operators are in extensions, a file for each family.
struct GraphEvaluator {
  private let graph: ONNXGraphProto
  private let opset: Int
  private var values: [String: GraphValue] = [:]
  private var nextIdentity = 0
  /// The number of elements that further constants may have: a small file can ask for large ones.
  private var budget = 1 << 26
  private var reader = TensorReader()
  var notes: [String] = []

  init(_ graph: ONNXGraphProto, opset: Int) throws {
    (self.graph, self.opset) = (graph, opset)
    for tensor in graph.initializer {
      do { try define(tensor.name, reader.read(tensor)) } catch let error as ModelFileError {
        // Refused only when it's used: some exporters leave unused tables.
        try define(tensor.name, .refused(error))
      }
    }
    for input in graph.input where values[input.name] == nil {
      try define(input.name, signal(of: input))
    }
  }

  private mutating func define(_ name: String, _ value: GraphValue) throws {
    guard !name.isEmpty else { return }
    guard values.updateValue(value, forKey: name) == nil else {
      throw ModelFileError("'\(name)' is defined twice")
    }
  }

  mutating func newIdentity() -> Int {
    nextIdentity += 1
    return nextIdentity
  }

  /// An axis with a new identity.
  mutating func newAxis(_ size: Int?, _ name: String) -> Axis {
    size == 1 ? [] : [Factor(identity: newIdentity(), size: size, name: name)]
  }

  private mutating func signal(of input: ONNXValueProto) throws -> GraphValue {
    guard input.hasType, input.type.hasTensorType, input.type.tensorType.hasShape else {
      return .refused(
        ModelFileError(
          "input '\(input.name)' has no shape; expected a tensor of three axes: batch, time and "
            + "features"))
    }
    let axes = input.type.tensorType.shape.dim.enumerated().map { index, dimension -> Axis in
      switch dimension.value {
      case .dimValue(let size)? where size > 0 && size < 1 << 31: newAxis(Int(size), "\(size)")
      case .dimParam(let name)? where !name.isEmpty: newAxis(nil, name)
      default: newAxis(nil, "axis \(index) of \(input.name)")
      }
    }
    return .signal(Signal(input: input.name, axes: axes))
  }

  // MARK: - The nodes

  mutating func network(output wanted: String?) throws -> Network {
    let needed = try needed()
    for (index, proto) in graph.node.enumerated() {
      let node = Node(proto, index: index, opset: opset)
      guard needed[index] else {
        notes.append("\(node.title): no output needs it; left out")
        continue
      }
      let results = evaluated(node)
      for (name, value) in zip(proto.output, results) { try define(name, value) }
    }
    if reader.hasRounded { notes.append("weights in double precision were rounded to floats") }
    return try GraphOutputs(evaluator: self, names: graph.output.map(\.name)).network(wanted)
  }

  func value(_ name: String) -> GraphValue? { values[name] }

  mutating func read(_ tensor: ONNXTensorProto) throws -> GraphValue { try reader.read(tensor) }

  /// Which nodes an output needs.
  private func needed() throws -> [Bool] {
    var makers: [String: Int] = [:]
    for (index, node) in graph.node.enumerated() {
      for name in node.output where !name.isEmpty {
        guard makers.updateValue(index, forKey: name) == nil, values[name] == nil else {
          throw ModelFileError("'\(name)' is defined twice")
        }
      }
    }
    var result = [Bool](repeating: false, count: graph.node.count)
    var waiting = graph.output.compactMap { makers[$0.name] }
    while let index = waiting.popLast() {
      if result[index] { continue }
      result[index] = true
      waiting += graph.node[index].input.compactMap { makers[$0] }
    }
    return result
  }

  private mutating func evaluated(_ node: Node) -> [GraphValue] {
    do {
      guard node.proto.domain.isEmpty || node.proto.domain == "ai.onnx" else {
        throw node.refusal(
          "found an operator of '\(node.proto.domain)', expected ONNX's own; export without "
            + "optimising or quantizing for one runtime")
      }
      guard node.proto.unknownFields.data.isEmpty else {
        throw node.refusal("has fields that ONNX doesn't define")
      }
      var inputs: [GraphValue?] = []
      for name in node.proto.input {
        guard !name.isEmpty else {
          inputs.append(nil)
          continue
        }
        guard let value = values[name] else {
          throw node.refusal("input '\(name)' isn't the output of a node before it")
        }
        if case .refused(let error) = value { throw error }
        inputs.append(value)
      }
      let results = try apply(node, inputs)
      for case .floats(let tensor) in results { try spend(tensor.elements.count, node) }
      for case .integers(let tensor) in results { try spend(tensor.elements.count, node) }
      return results
    } catch {
      // Only ModelFileError is thrown here.
      let reason = error as? ModelFileError ?? node.refusal("\(error)")
      return [GraphValue](repeating: .refused(reason), count: node.proto.output.count)
    }
  }

  private mutating func spend(_ count: Int, _ node: Node) throws {
    budget -= count
    guard budget >= 0 else {
      throw node.refusal("found more than \(1 << 26 as Int) elements of constants")
    }
  }

  /// Refuses a constant that is too large, before it is computed.
  func checkSize(_ shape: [Int], _ node: Node) throws {
    guard let count = Rearrangement.bound(shape), count <= 1 << 24 else {
      throw node.refusal(
        "found a constant of shape \(shape), expected at most \(1 << 24 as Int) elements")
    }
  }

  mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }
}
