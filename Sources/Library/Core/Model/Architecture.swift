// SPDX-License-Identifier: MIT

import LeatKernel

/// One layer of the list.
struct Layer: BitwiseCopyable {
  var plan: LayerPlan
  /// A tensor of its module, which tells the module's name; none of an activation of its own.
  var module: TensorPlace
  /// Its sources in `Architecture.sources`.
  var firstSource: Int16 = 0
  var sourceCount: Int16 = 0
}

/// The first `size` elements of a value.
struct Source: BitwiseCopyable {
  var value: Int16
  var size: UInt32
}

/// What a step computes: the sample, as value 0, then the output of each layer.
struct Value: BitwiseCopyable {
  private let elements: UInt32
  /// The last layer that reads it; the end of the list when it is the model's output.
  var lastUse: Int16 = 0
  /// Whether it is a recurrent layer's h, which outlives the step.
  let isState: Bool
  /// Its largest magnitude: see `Bounds`.
  var bound = 0.0
  /// Where a stream has it: see `ImagePlanner`.
  var place = Place(0)

  var size: Int { Int(elements) }

  init(size: Int, isState: Bool) {
    elements = UInt32(size)
    self.isState = isState
  }
}

/// A model as the names and shapes of a file's tensors and its metadata describe it, all checked:
/// one list of layers, in the order of a step. Each reads earlier values.
struct Architecture: ~Copyable {
  static var mostLayers: Int { 128 }
  /// The largest size of anything, so that no sum's rounding can carry it past its bound: see
  /// `Bounds`.
  static var largestSize: Int { 1 << 24 }

  private(set) var layers: Table<Layer>
  private(set) var sources: Table<Source>
  private(set) var values: Table<Value>
  /// The normalizer's tensors.
  var inputMean = TensorPlace()
  var inputDeviation = TensorPlace()

  init(_ workspace: inout Workspace) {
    layers = Table(&workspace, capacity: Architecture.mostLayers)
    sources = Table(&workspace, capacity: 2 * Architecture.mostLayers)
    values = Table(&workspace, capacity: Architecture.mostLayers + 1)
  }

  var hasNormalizer: Bool { inputMean.isThere }
  var inputSize: Int { values[0].size }
  /// Of the last layer so far.
  var outputSize: Int { values[values.count - 1].size }

  var stateCount: Int {
    var states = 0
    for index in 0..<layers.count where layers[index].plan.state != nil { states += 1 }
    return states
  }

  /// How many layers belong to the module of layer `first`, which is its first.
  func layersOfModule(_ first: Int) -> Int {
    var end = first + 1
    while end < layers.count, let state = layers[end].plan.state, state.row > 0 { end += 1 }
    return end - first
  }

  /// Whether it is a list that `leat.format` 1 knows: LSTMs, then linear layers, each reading the one
  /// before.
  var isOfFormat1: Bool {
    var last = 0
    for index in 0..<layers.count {
      let layer = layers[index]
      let source = sources[Int(layer.firstSource)]
      guard layer.sourceCount == 1, source.value == index,
        Int(source.size) == values[index].size, let turn = layer.plan.turnInFormat1, turn >= last
      else { return false }
      last = turn
    }
    return true
  }

  // MARK: Building the list

  /// The size of the samples. Comes first.
  mutating func begin(inputSize: Int) {
    _ = values.append(Value(size: inputSize, isState: false))
  }

  /// Adds a layer that reads the one before, or the sample. False when there is no room.
  mutating func append(_ plan: LayerPlan, module: TensorPlace) -> Bool {
    let value = values.count - 1
    var layer = Layer(plan: plan, module: module)
    layer.firstSource = Int16(sources.count)
    layer.sourceCount = 1
    let source = Source(value: Int16(value), size: UInt32(values[value].size))
    guard layers.append(layer), sources.append(source),
      values.append(Value(size: plan.outputSize, isState: plan.state != nil))
    else { return false }
    values[value].lastUse = Int16(layers.count - 1)
    values[value + 1].lastUse = Int16(layers.count)
    return true
  }
}
