// SPDX-License-Identifier: MIT

import FoundationEssentials
import SwiftProtobuf

/// An ONNX model: a protobuf message with a graph of operators and its constants.
///
/// The graph isn't run, and no pattern of an exporter is searched in it. The GraphEvaluator follows
/// it node by node and keeps what is known of each value: a constant, a length, or a chain of
/// layers that the input has passed. So it doesn't matter how an exporter writes a model. An
/// operator, attribute or field whose meaning isn't known here is refused if an output needs it, as
/// the result would be another model without an error.
public enum ONNXFile {
  /// The versions of ONNX's operators that are known here.
  static let opsets = 7...24

  /// - Parameter output: the name of the output to convert; nil when there is only one
  public static func convert(_ bytes: Data, output: String? = nil) throws -> Conversion {
    let model: ONNXModelProto
    do {
      model = try ONNXModelProto(serializedBytes: bytes)
    } catch {
      throw ModelFileError("isn't an ONNX model, or is cut short: its protobuf can't be read")
    }
    let opset = try check(model)
    var evaluator = try GraphEvaluator(model.graph[0], opset: opset)
    var result = try evaluator.network(output: output).conversion()
    result.metadata["source.format"] = "ONNX"
    result.keep("producer", model.producerName)
    result.keep("producer_version", model.producerVersion)
    result.keep("opset", "\(opset)")
    result.keep("graph", model.graph[0].name)
    for property in model.metadataProps { result.keep("metadata.\(property.key)", property.value) }
    return result
  }

  /// Refuses what changes the meaning of a model outside of its nodes.
  ///
  /// - Returns: the version of ONNX's own operators
  private static func check(_ model: ONNXModelProto) throws -> Int {
    guard model.graph.count == 1, !model.opsetImport.isEmpty else {
      throw ModelFileError("isn't an ONNX model: expected one graph and an operator set")
    }
    let own = model.opsetImport.filter { $0.domain.isEmpty || $0.domain == "ai.onnx" }
    guard own.count == 1, let opset = Int(exactly: own[0].version), opsets.contains(opset) else {
      throw ModelFileError(
        "found opset \(own.map { "\($0.version)" }.joined(separator: " and ")), expected "
          + "\(opsets.lowerBound) to \(opsets.upperBound); give the exporter opset_version=17")
    }
    guard model.functions.allSatisfy({ !$0.domain.isEmpty && $0.domain != "ai.onnx" }) else {
      throw ModelFileError("has functions in the place of ONNX's own operators")
    }
    let graph = model.graph[0]
    guard graph.quantizationAnnotation.isEmpty else {
      throw ModelFileError(
        "is quantized (quantization_annotation); convert the model before that, and quantize the "
          + "result")
    }
    guard graph.sparseInitializer.isEmpty else {
      throw ModelFileError("has sparse tensors (sparse_initializer); expected dense ones")
    }
    guard model.trainingInfo.isEmpty else {
      throw ModelFileError("has training_info; export it for inference")
    }
    guard model.unknownFields.data.isEmpty, graph.unknownFields.data.isEmpty else {
      throw ModelFileError("has fields that ONNX doesn't define")
    }
    return opset
  }
}
