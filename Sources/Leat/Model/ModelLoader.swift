// SPDX-License-Identifier: MIT

import CLeat
import LeatBytes
import LeatKernel

/// From a file's bytes to a model's block. Everything is read and checked first; once writing
/// begins, nothing can fail.
struct ModelLoader: ~Copyable {
  private var reader: ArchitectureReader
  private var bounds = Bounds()
  private var imageSize = 0

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
    try bounds.find(reader.file, &reader.architecture)
    var planner = ImagePlanner(reader.architecture)
    _ = try unsafe layOut(&planner, in: nil)
    imageSize = planner.imageSize
  }

  /// The block's size: the model itself, and what it takes to move it to a cache line.
  var memorySize: Int { imageSize + ImagePlanner.slack }

  /// Goes through the model in the order of its block: measures it, and writes what isn't the
  /// header when there is a block. One walk for both, so that what was measured is what is written.
  private func layOut(
    _ planner: inout ImagePlanner, in base: UnsafeMutableRawPointer?
  ) throws(Failure) -> (normalizer: Int, scratch: ModelHeader.Scratch) {
    var normalizer = 0
    if reader.architecture.hasNormalizer {
      normalizer = try planner.placeNormalizer(reader.architecture.inputSize)
      if let base = unsafe base {
        unsafe ImageWriter(base).writeNormalizer(reader.file, reader.architecture, at: normalizer)
      }
    }
    for layer in 0..<reader.architecture.lstms.count {
      let plan = reader.architecture.lstms[layer]
      let record = try planner.place(plan, reader.file)
      if let base = unsafe base {
        unsafe ImageWriter(base).write(record, at: layer)
        unsafe ImageWriter(base).writeWeights(reader.file, plan, record)
      }
    }
    for layer in 0..<reader.architecture.linears.count {
      let plan = reader.architecture.linears[layer]
      let record = try planner.place(plan, reader.file)
      if let base = unsafe base {
        unsafe ImageWriter(base).write(record, at: layer, behind: reader.architecture.lstms.count)
        unsafe ImageWriter(base).writeWeights(reader.file, plan, record)
      }
    }
    return (normalizer, try planner.placeScratch(reader.architecture))
  }

  /// Writes the model into a block of at least `memorySize` bytes and returns where it begins.
  func write(
    to memory: UnsafeMutableRawPointer, isOwned: Bool
  ) throws(Failure) -> UnsafeMutableRawPointer {
    let base = unsafe memory.alignedUp(toMultipleOf: Int(LEAT_FAST_ALIGNMENT))
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: imageSize)
    var planner = ImagePlanner(reader.architecture)
    let (normalizer, scratch) = try unsafe layOut(&planner, in: base)
    unsafe ImageWriter(base).write(
      ModelHeader(
        kernel: KernelChoice.available(0) ?? .exact, isOwned: isOwned,
        inputSize: reader.architecture.inputSize, outputSize: reader.architecture.outputSize,
        lstmCount: reader.architecture.lstms.count, linearCount: reader.architecture.linears.count,
        normalizer: normalizer, inputLimit: bounds.inputLimit, imageSize: planner.imageSize,
        streamSize: planner.streamSize,
        stateSize: StateLayout.size(
          layers: reader.architecture.lstms.count, floats: planner.stateFloats),
        parameters: planner.parameters, macsPerStep: planner.macsPerStep,
        fingerprint: Fingerprint.of(reader.file, reader.architecture), scratch: scratch))
    return unsafe base
  }
}
