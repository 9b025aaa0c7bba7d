// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport
import LeatKernel

/// From a file's bytes to a model's block. Everything is read and checked first; once writing
/// begins, nothing can fail.
struct ModelLoader: ~Copyable {
  private var reader: ArchitectureReader
  private var bounds = Bounds()
  private var imageSize = 0
  /// See `ImagePlanner`.
  private var room = 0

  private init(_ workspace: inout Workspace) { reader = ArchitectureReader(&workspace) }

  /// Reads a file and does `body` with what came of it, which lives no longer than that.
  static func load(
    _ file: ByteView, _ body: (borrowing ModelLoader) throws(Failure) -> Int32
  ) throws(Failure) -> Int32 {
    var memory = InlineArray<5120, UInt64>(repeating: 0)
    return try unsafe withUnsafeMutableBytes(of: &memory) { bytes throws(Failure) in
      var workspace = unsafe Workspace(bytes)
      var loader = ModelLoader(&workspace)
      try loader.read(file)
      return try body(loader)
    }
  }

  private mutating func read(_ file: ByteView) throws(Failure) {
    try reader.read(file)
    try bounds.find(reader.file, reader.architecture)
    var survey = try ImagePlanner(reader.architecture, room: nil, nil)
    _ = try layOut(&survey)
    room = survey.survey
    imageSize = survey.imageSize
  }

  /// The block's size: the model itself, and what it takes to move it to a cache line.
  var memorySize: Int { imageSize + ImagePlanner.slack }

  /// The best set of kernels that this processor can run. Every set that it can run has the kernels
  /// of all layers.
  func best(
    _ kernels: UnsafePointer<leat_kernels>
  ) throws(Failure) -> UnsafePointer<leat_kernels> {
    let sets = unsafe KernelSets(kernels)
    var count = 0
    while let set = unsafe sets.available(count) {
      try unsafe checkCovered(by: set)
      count += 1
    }
    guard let best = unsafe sets.available(0) else {
      throw Failure(
        LEAT_E_UNSUPPORTED, "kernels: expected a set of them that this processor can run")
    }
    return unsafe best
  }

  private func checkCovered(by kernels: UnsafePointer<leat_kernels>) throws(Failure) {
    guard unsafe kernels.pointee.run != nil else {
      throw Failure(LEAT_E_ARGUMENT, "kernels: a set without 'run': expected LEAT_KERNELS_OF()")
    }
    for index in 0..<reader.architecture.layers.count {
      let plan = reader.architecture.layers[index].plan
      let projection = plan.projection
      guard unsafe kernels.hasLayer(at: plan.kernel), unsafe kernels.has(plan.activation),
        unsafe !projection.isThere
          || kernels.hasProjection(reader.file.weightType(projection.index))
      else {
        throw Failure(
          LEAT_E_UNSUPPORTED,
          "layer \(index) of the list needs a kernel that the program was linked without")
      }
    }
  }

  /// Goes through the model in the order of its block: measures it, and writes what isn't the
  /// header when there is a block. One walk for both, so that what was measured is what is written.
  private func layOut(
    _ planner: inout ImagePlanner
  ) throws(Failure) -> (normalizer: Int, input: Place, output: Place) {
    let layers = reader.architecture.layers.count
    var normalizer = 0
    if reader.architecture.hasNormalizer {
      normalizer = try planner.placeNormalizer(reader.file, reader.architecture)
    }
    // Before the first layer nothing is in use.
    planner.begin(-1)
    let input = Place(
      try planner.reserveOutput(reader.architecture.inputSize, reader.architecture))
    reader.architecture.values[0].place = input
    var states = 0
    for index in 0..<layers {
      let layer = reader.architecture.layers[index]
      planner.begin(index)
      let placed = try layer.plan.place(&planner, reader.file, reader.architecture)
      reader.architecture.values[index + 1].place = placed.output
      guard let writer = planner.writer else { continue }
      writer.write(
        LayerRecord(
          kind: layer.plan.kind, activation: layer.plan.activation,
          weights: layer.plan.weights?.number ?? 0,
          projection: layer.plan.projection.isThere
            ? reader.file.weightType(layer.plan.projection.index).number : 0,
          isRead: reader.architecture.values[index + 1].lastUse > index
            && index + 1 < layers, kernel: layer.plan.kernel, record: placed.record,
          sources: sourcesOffset + Int(layer.firstSource) * MemoryLayout<SourceRecord>.stride,
          sourceCount: Int(layer.sourceCount), output: placed.output,
          outputSize: layer.plan.outputSize),
        at: ModelImage.layersOffset() + index * MemoryLayout<LayerRecord>.stride)
      if var state = placed.state {
        state.layer = index
        writer.write(
          state,
          at: ModelImage.statesOffset(layers: layers)
            + states * MemoryLayout<StateRecord>.stride)
        states += 1
      }
    }
    if let writer = planner.writer { writeSources(writer) }
    return (normalizer, input, reader.architecture.values[layers].place)
  }

  private var sourcesOffset: Int {
    ModelImage.sourcesOffset(
      layers: reader.architecture.layers.count, states: reader.architecture.stateCount)
  }

  private func writeSources(_ writer: ImageWriter) {
    for index in 0..<reader.architecture.sources.count {
      let source = reader.architecture.sources[index]
      writer.write(
        SourceRecord(
          place: reader.architecture.values[Int(source.value)].place, value: Int(source.value),
          size: Int(source.size)),
        at: sourcesOffset + index * MemoryLayout<SourceRecord>.stride)
    }
  }

  /// Writes the model into a block of at least `memorySize` bytes and returns where it begins.
  func write(
    to memory: UnsafeMutableRawPointer, kernels: UnsafePointer<leat_kernels>,
    best: UnsafePointer<leat_kernels>, isOwned: Bool
  ) throws(Failure) -> UnsafeMutableRawPointer {
    let base = unsafe memory.alignedUp(toMultipleOf: Int(LEAT_FAST_ALIGNMENT))
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: imageSize)
    let writer = unsafe ImageWriter(base)
    var planner = try ImagePlanner(reader.architecture, room: room, writer)
    let (normalizer, input, output) = try layOut(&planner)
    var header = unsafe ModelHeader(
      kernels: kernels, best: best, isOwned: isOwned,
      fingerprint: Fingerprint.of(reader.file, reader.architecture))
    header.inputLimit = bounds.inputLimit
    header.inputSize = reader.architecture.inputSize
    header.outputSize = reader.architecture.outputSize
    header.layerCount = reader.architecture.layers.count
    header.stateCount = reader.architecture.stateCount
    header.normalizer = normalizer
    header.input = input
    header.output = output
    header.imageSize = planner.imageSize
    header.streamSize = planner.streamSize
    header.stateSize = reader.architecture.stateSize
    header.parameters = planner.parameters
    header.macsPerStep = planner.macsPerStep
    writer.write(header, at: 0)
    return unsafe base
  }
}

extension Architecture {
  /// Bytes of a state.
  var stateSize: Int {
    var floats = 0
    for index in 0..<layers.count {
      if let state = layers[index].plan.state { floats += state.outputSize + state.cellSize }
    }
    return StateLayout.size(layers: stateCount, floats: floats)
  }
}
