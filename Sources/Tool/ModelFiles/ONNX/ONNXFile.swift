// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import SwiftProtobuf

/// A model as ONNX has it: a graph of operators.
public enum ONNXFile {
  /// The sets of operators whose meaning is known here.
  static let opsets = 7...24

  /// - Parameter output: the output to be converted, where the graph leaves a choice
  public static func convert(_ bytes: Data, output: String? = nil) throws -> Conversion {
    let model: ONNXModelProto
    do {
      model = try ONNXModelProto(serializedBytes: bytes)
    } catch {
      throw ModelFileError("isn't an ONNX model, or is cut short: its protobuf can't be read")
    }
    let opset = try check(model)
    var walk = try Walk(model.graph[0], opset: opset)
    var result = try walk.network(output: output).conversion()
    result.metadata["source.format"] = "ONNX"
    result.keep("producer", model.producerName)
    result.keep("producer_version", model.producerVersion)
    result.keep("opset", "\(opset)")
    result.keep("graph", model.graph[0].name)
    for property in model.metadataProps { result.keep("metadata.\(property.key)", property.value) }
    return result
  }

  /// What changes the meaning of a model and isn't in its nodes.
  ///
  /// - Returns: the version of ONNX's own operators
  private static func check(_ model: ONNXModelProto) throws -> Int {
    guard model.graph.count == 1, !model.opsetImport.isEmpty else {
      throw ModelFileError("isn't an ONNX model: expected one graph and an operator set")
    }
    let own = model.opsetImport.filter { $0.domain.isEmpty || $0.domain == "ai.onnx" }
    guard own.count == 1, let opset = Int(exactly: own[0].version), opsets.contains(opset) else {
      throw ModelFileError(
        "opset \(own.map { "\($0.version)" }.joined(separator: " and ")), expected one of "
          + "\(opsets.lowerBound) to \(opsets.upperBound); give the exporter opset_version=17")
    }
    guard model.functions.allSatisfy({ !$0.domain.isEmpty && $0.domain != "ai.onnx" }) else {
      throw ModelFileError("has functions in the place of ONNX's own operators")
    }
    let graph = model.graph[0]
    guard graph.quantizationAnnotation.isEmpty else {
      throw ModelFileError(
        "is quantized (quantization_annotation); begin with the model before that, and "
          + "`leat quantize` the result")
    }
    guard graph.sparseInitializer.isEmpty else {
      throw ModelFileError("has sparse tensors (sparse_initializer); expected dense ones")
    }
    guard model.trainingInfo.isEmpty else {
      throw ModelFileError("has training_info; export it for inference")
    }
    guard model.unknownFields.data.isEmpty, graph.unknownFields.data.isEmpty else {
      throw ModelFileError("has fields that ONNX doesn't know")
    }
    return opset
  }
}
