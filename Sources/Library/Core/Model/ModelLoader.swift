// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// Makes a model's block from a file's bytes. Everything is read and checked first: once writing
/// begins, nothing can fail.
struct ModelLoader<Other: OtherLayers>: ~Copyable {
  private var reader: ArchitectureReader<Other>
  private var inputLimit = InputLimit()
  private var modelSize = 0
  /// See `StreamPlan`.
  private var peak = 0

  private init(_ workspace: inout Workspace, _ explanation: Explanation) {
    reader = ArchitectureReader(&workspace, explanation)
  }

  /// Reads a file, and calls `body` with the loader, which exists only during the call.
  static func load(
    _ file: ByteView, _ explanation: Explanation,
    _ body: (borrowing ModelLoader) throws(Failure) -> Int32
  ) throws(Failure) -> Int32 {
    var memory = Other.workspaceMemory
    return try unsafe withUnsafeMutableBytes(of: &memory) { bytes throws(Failure) in
      var workspace = unsafe Workspace(bytes)
      var loader = ModelLoader(&workspace, explanation)
      try loader.readFile(file)
      return try body(loader)
    }
  }

  private mutating func readFile(_ file: ByteView) throws(Failure) {
    try reader.readFile(file)
    try WeightCheck.checkFinite(reader.file)
    inputLimit = try InputLimit(reader.file, reader.architecture)
    try WeightCheck.checkLargeEnough(reader.file)
    var planner = try reader.architecture.planner(StreamPlan(reader.file.explanation), nil)
    _ = try placeModel(&planner)
    peak = planner.stream.peak
    modelSize = planner.modelSize
  }

  /// Bytes of memory for the block: the model itself, and what it takes to move it to a cache line.
  var memorySize: Int { modelSize + BlockPlanner.slack }

  /// The best set of kernels that this processor can run. Every set that it can run must have the
  /// kernels of all layers.
  func bestKernels(
    _ kernels: UnsafePointer<leat_kernels>
  ) throws(Failure) -> UnsafePointer<leat_kernels> {
    let sets = unsafe KernelSets(kernels)
    var count = 0
    while let set = unsafe sets.available(count) {
      try unsafe checkComplete(set)
      count += 1
    }
    guard let best = unsafe sets.available(0) else {
      throw KernelSets.noneFits(reader.file.explanation)
    }
    return unsafe best
  }

  private func checkComplete(_ kernels: UnsafePointer<leat_kernels>) throws(Failure) {
    guard unsafe kernels.pointee.run != nil else {
      throw reader.file.explanation.failure(
        LEAT_E_ARGUMENT, "kernels: a set without 'run': expected LEAT_KERNELS_OF()")
    }
    for index in 0..<reader.architecture.layers.count {
      let plan = reader.architecture.layers[index].plan
      let projection = plan.projection
      guard unsafe kernels.hasLayer(at: plan.kernel),
        unsafe kernels.has(plan.activation.activation), unsafe hasActivations(of: plan, kernels),
        unsafe !projection.isPresent
          || kernels.hasProjection(reader.file.weightType(projection.index))
      else {
        throw reader.file.explanation.failure(
          LEAT_E_UNSUPPORTED,
          "layer \(index) of the list needs a kernel that the program was linked without")
      }
    }
  }

  /// Whether a set has the activations within a recurrent cell.
  private func hasActivations(
    of plan: LayerPlan<Other>, _ kernels: UnsafePointer<leat_kernels>
  ) -> Bool {
    guard let cell = plan.cell else { return true }
    return unsafe kernels.has(cell.recurrentActivation.activation)
      && kernels.has(cell.activation.activation) && kernels.has(cell.outputActivation.activation)
  }

  /// Places all parts of the model in the order of its block, and writes them if there is a block.
  private func placeModel(
    _ planner: inout BlockPlanner
  ) throws(Failure) -> (normalizer: Int, input: Place, output: Place) {
    let layers = reader.architecture.layers.count
    var normalizer = 0
    if reader.architecture.hasNormalizer {
      normalizer = try planner.placeNormalizer(
        reader.file, mean: reader.architecture.inputMean,
        deviation: reader.architecture.inputDeviation, size: reader.architecture.inputSize)
    }
    planner.stream.beginLayer(-1)
    let input = Place(
      try planner.stream.reserveOutput(
        reader.architecture.inputSize, reader.architecture.values))
    reader.architecture.values[0].place = input
    var states = 0
    for index in 0..<layers {
      let plan = reader.architecture.layers[index].plan
      planner.stream.beginLayer(index)
      let placed = try plan.placeLayer(&planner, reader.file, reader.architecture.values)
      reader.architecture.values[index + 1].place = placed.output
      guard let writer = planner.writer else { continue }
      writer.writeRecord(
        layerRecord(index, placed),
        at: ModelHandle.layersOffset() + index * MemoryLayout<LayerRecord>.stride)
      if var state = placed.state {
        state.layer = index
        writer.writeRecord(
          state,
          at: ModelHandle.statesOffset(layers: layers)
            + states * MemoryLayout<StateRecord>.stride)
        states += 1
      }
    }
    if let writer = planner.writer { writeSources(writer) }
    return (normalizer, input, reader.architecture.values[layers].place)
  }

  private func layerRecord(_ index: Int, _ placed: PlacedLayer) -> LayerRecord {
    let layer = reader.architecture.layers[index]
    let projection = layer.plan.projection
    let isLast = index + 1 == reader.architecture.layers.count
    return LayerRecord(
      kind: layer.plan.kind,
      activation: ActivationRecord(
        layer.plan.activation.activation, parameters: placed.parameters),
      weights: layer.plan.weights?.number ?? 0,
      projection: projection.isPresent ? reader.file.weightType(projection.index).number : 0,
      isRead: !isLast && reader.architecture.values[index + 1].lastUse > index,
      hasOtherCell: layer.plan.cell != nil, kernel: layer.plan.kernel, record: placed.record,
      sources: sourcesOffset + Int(layer.firstSource) * MemoryLayout<SourceRecord>.stride,
      sourceCount: Int(layer.sourceCount), output: placed.output,
      outputSize: layer.plan.outputSize)
  }

  private var sourcesOffset: Int {
    ModelHandle.sourcesOffset(
      layers: reader.architecture.layers.count, states: reader.architecture.stateCount)
  }

  private func writeSources(_ writer: BlockWriter) {
    for index in 0..<reader.architecture.sources.count {
      let source = reader.architecture.sources[index]
      writer.writeRecord(
        SourceRecord(
          place: reader.architecture.values[Int(source.value)].place, value: Int(source.value),
          size: source.size),
        at: sourcesOffset + index * MemoryLayout<SourceRecord>.stride)
    }
  }

  /// Writes the model into memory of at least `memorySize` bytes, and returns the address of its
  /// block.
  func writeModel(
    to memory: UnsafeMutableRawPointer, kernels: UnsafePointer<leat_kernels>,
    best: UnsafePointer<leat_kernels>, isOwned: Bool
  ) throws(Failure) -> UnsafeMutableRawPointer {
    let base = unsafe memory.alignedUp(toMultipleOf: Int(LEAT_FAST_ALIGNMENT))
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: modelSize)
    let writer = unsafe BlockWriter(base)
    var planner = try reader.architecture.planner(
      StreamPlan(knownPeak: peak, reader.file.explanation), writer)
    let (normalizer, input, output) = try placeModel(&planner)
    var header = unsafe ModelHeader(
      kernels: kernels, best: best, isOwned: isOwned,
      fingerprint: reader.architecture.fingerprint(reader.file))
    header.inputLimit = inputLimit.value
    header.hasCRC32C = CRC32C.hasInstruction
    header.hasDenormalizer = reader.architecture.hasDenormalizer
    header.inputSize = reader.architecture.inputSize
    header.outputSize = reader.architecture.outputSize
    header.layerCount = reader.architecture.layers.count
    header.stateCount = reader.architecture.stateCount
    header.normalizer = normalizer
    header.input = input
    header.output = output
    header.blockSize = planner.modelSize
    header.streamSize = planner.stream.size
    header.stateSize = reader.architecture.stateSize
    header.parameters = planner.parameters
    header.macsPerStep = planner.macsPerStep
    writer.writeRecord(header, at: 0)
    return unsafe base
  }
}

extension Architecture {
  /// A planner of blocks for the model, the streams' state counted.
  fileprivate func planner(
    _ stream: StreamPlan, _ writer: BlockWriter?
  ) throws(Failure) -> BlockPlanner {
    var stream = stream
    for index in 0..<layers.count {
      if let state = layers[index].plan.state { try stream.addState(floats: state.streamFloats) }
    }
    return BlockPlanner(
      modelSize: ModelHandle.recordsEnd(
        layers: layers.count, states: stateCount, sources: sources.count),
      stream: stream, writer)
  }

  /// Bytes of a state.
  fileprivate var stateSize: Int {
    var floats = 0
    for index in 0..<layers.count {
      if let state = layers[index].plan.state { floats += state.outputSize + state.cellSize }
    }
    return StateLayout.size(layers: stateCount, floats: floats)
  }
}
