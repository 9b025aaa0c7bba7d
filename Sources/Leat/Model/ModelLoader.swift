// SPDX-License-Identifier: MIT

import CLeat
import CProcessor
import LeatBytes
import LeatKernel

/// From a file's bytes to a model's block. Everything is read and checked first; once writing
/// begins, nothing can fail.
struct ModelLoader: ~Copyable {
  private let reader: ArchitectureReader
  private let bounds: Bounds
  private let planner: ImagePlanner

  init(_ file: ByteView) throws(Failure) {
    let reader = try ArchitectureReader.read(try Safetensors.read(file))
    let bounds = try Bounds.of(reader.file, reader.architecture)
    var planner = ImagePlanner(reader.architecture)
    try ModelLoader.place(reader.architecture, bounds, &planner)
    self.reader = reader
    self.bounds = bounds
    self.planner = planner
  }

  /// The block's size: the model itself, and what it takes to move it to a cache line.
  var memorySize: Int { planner.imageSize + Int(LEAT_FAST_ALIGNMENT - LEAT_ALIGNMENT) }

  private static func place(
    _ architecture: Architecture, _ bounds: Bounds, _ planner: inout ImagePlanner
  ) throws(Failure) {
    if architecture.hasNormalizer { _ = try planner.placeNormalizer(architecture.inputSize) }
    for layer in 0..<architecture.lstmCount {
      _ = try planner.place(architecture.lstms[layer], hiddenLimit: bounds.hiddenLimits[layer])
    }
    for layer in 0..<architecture.linearCount { _ = try planner.place(architecture.linears[layer]) }
    _ = try planner.placeScratch(architecture)
  }

  /// Writes the model into a block of at least `memorySize` bytes and returns where it begins.
  func write(
    to memory: UnsafeMutableRawPointer, isOwned: Bool
  ) throws(Failure) -> UnsafeMutableRawPointer {
    let base = unsafe memory.alignedUp(toMultipleOf: Int(LEAT_FAST_ALIGNMENT))
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: planner.imageSize)
    let architecture = reader.architecture
    let writer = unsafe ImageWriter(base)
    var planner = ImagePlanner(architecture)
    var normalizer = 0
    if architecture.hasNormalizer {
      normalizer = try planner.placeNormalizer(architecture.inputSize)
      writer.writeNormalizer(reader.file, architecture, at: normalizer)
    }
    for layer in 0..<architecture.lstmCount {
      let plan = architecture.lstms[layer]
      let record = try planner.place(plan, hiddenLimit: bounds.hiddenLimits[layer])
      writer.write(record, at: layer)
      writer.writeWeights(reader.file, plan, record)
    }
    for layer in 0..<architecture.linearCount {
      let plan = architecture.linears[layer]
      let record = try planner.place(plan)
      writer.write(record, at: layer, behind: architecture.lstmCount)
      writer.writeWeights(reader.file, plan, record)
    }
    let scratch = try planner.placeScratch(architecture)
    writer.write(
      ModelHeader(
        kernel: leat_processor_has_fused_kernel() != 0 ? .fused : .exact, isOwned: isOwned,
        inputSize: architecture.inputSize, outputSize: architecture.outputSize,
        lstmCount: architecture.lstmCount, linearCount: architecture.linearCount,
        normalizer: normalizer, inputLimit: bounds.inputLimit, imageSize: planner.imageSize,
        streamSize: planner.streamSize,
        stateSize: StateLayout.size(layers: architecture.lstmCount, floats: planner.stateFloats),
        parameters: planner.parameters, macsPerStep: planner.macsPerStep,
        fingerprint: Fingerprint.of(reader.file, architecture), scratch: scratch))
    return unsafe base
  }
}
