// SPDX-License-Identifier: MIT
//
// From a file's bytes to a model's block, in this order: the container is read; the names of its
// tensors give modules, and `leat.layers` their order (`Names/`); the modules give a list of
// layers, the `Architecture`; the metadata is compared with it (`Metadata/`); weights and bounds
// are checked (`WeightCheck`, `InputLimit`); the block is planned, and written (`ModelLoader`). All
// checks come before the first byte is written.

import LeatKernel

/// One layer of the list.
struct Layer<Other: OtherLayers>: BitwiseCopyable {
  var plan: LayerPlan<Other>
  /// Its sources in `Architecture.sources`.
  var firstSource: Int16 = 0
  var sourceCount: Int16 = 0
}

/// The first `size` elements of a value.
struct Source: BitwiseCopyable {
  var value: Int16
  @Compact var size: Int
}

/// A model as a file describes it by the names and shapes of its tensors and by its metadata, all
/// checked: one list of layers, in the order of a step. Each reads earlier values.
struct Architecture<Other: OtherLayers>: ~Copyable {
  private(set) var layers: Table<Layer<Other>>
  private(set) var sources: Table<Source>
  private(set) var values: Table<Value>
  /// The normalizer's tensors.
  var inputMean = TensorIndex()
  var inputDeviation = TensorIndex()
  /// Whether the last layer is the denormalizer.
  var hasDenormalizer = false

  init(_ workspace: inout Workspace) {
    layers = Table(&workspace, capacity: Modules.most)
    sources = Table(&workspace, capacity: 2 * Modules.most)
    values = Table(&workspace, capacity: Modules.most + 1)
  }

  var hasNormalizer: Bool { inputMean.isPresent }
  var inputSize: Int { values[0].size }
  /// The size of the last layer's output.
  var outputSize: Int { values[values.count - 1].size }

  var stateCount: Int {
    var states = 0
    for index in 0..<layers.count where layers[index].plan.state != nil { states += 1 }
    return states
  }

  /// The number of layers in the module whose first layer is `first`.
  func layersOfModule(_ first: Int) -> Int {
    var end = first + 1
    while end < layers.count, let state = layers[end].plan.state, state.row > 0 { end += 1 }
    return end - first
  }

  /// Whether `leat.format` 1 has such a list: LSTMs, then linear layers, each reading the one
  /// before.
  var isOfFormat1: Bool {
    var last = 0
    for index in 0..<layers.count {
      let layer = layers[index]
      let source = sources[Int(layer.firstSource)]
      guard layer.sourceCount == 1, source.value == index,
        Int(source.size) == values[index].size, let order = layer.plan.orderInFormat1, order >= last
      else { return false }
      last = order
    }
    return true
  }

  // MARK: Building the list

  /// Adds a layer that reads the one before, or the sample. False when there are too many.
  mutating func append(_ plan: LayerPlan<Other>) -> Bool {
    if values.count == 0 {
      _ = values.append(Value(size: plan.inputSize ?? plan.outputSize, isState: false))
    }
    let value = values.count - 1
    return append(plan, Source(value: Int16(value), size: values[value].size), nil)
  }

  /// Adds a sum of the last value and the first elements of an earlier one.
  mutating func append(sum plan: LayerPlan<Other>, of value: Int) -> Bool {
    let size = plan.outputSize
    return append(
      plan, Source(value: Int16(values.count - 1), size: size),
      Source(value: Int16(value), size: size))
  }

  private mutating func append(
    _ plan: LayerPlan<Other>, _ first: Source, _ second: Source?
  ) -> Bool {
    var layer = Layer(plan: plan)
    layer.firstSource = Int16(sources.count)
    layer.sourceCount = second == nil ? 1 : 2
    guard layers.append(layer), sources.append(first),
      values.append(Value(size: plan.outputSize, isState: plan.state != nil))
    else { return false }
    values[Int(first.value)].lastUse = Int16(layers.count - 1)
    if let second {
      guard sources.append(second) else { return false }
      values[Int(second.value)].lastUse = Int16(layers.count - 1)
    }
    values[values.count - 1].lastUse = Int16(layers.count)
    return true
  }
}
