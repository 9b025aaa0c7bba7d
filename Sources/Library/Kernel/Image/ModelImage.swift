// SPDX-License-Identifier: MIT
//
// What a model is in memory: one block of
//
//     ModelHeader | LayerRecord for each layer | StateRecord for each recurrent layer
//     | SourceRecord for each source | the layers' own records, then their weights
//
// Offsets are in bytes from the block's start. Its only addresses are those of the kernels, in its
// header. A layer's own record (`LSTMRecord`, `MatrixRecord`) is in its kind's folder.

import CLeat

@safe public struct ModelHeader {
  public var magic: UInt64
  /// The version of this layout: `ModelImage.layout`.
  public var layout: UInt32
  public var inputLimit: Float
  /// The kernels that the model was made with, and of them the best set that this processor can run.
  public var kernels: UnsafePointer<leat_kernels>
  public var best: UnsafePointer<leat_kernels>
  public var inputSize: Int
  public var outputSize: Int
  public var layerCount: Int
  public var stateCount: Int
  /// Means, then standard deviations; 0 without a normalizer.
  public var normalizer: Int
  /// Where a stream keeps the sample, and where its output is after a step.
  public var input: Place
  public var output: Place
  public var imageSize: Int
  public var streamSize: Int
  public var stateSize: Int
  public var parameters: UInt64
  public var macsPerStep: UInt64
  public var fingerprint: InlineArray<32, UInt8>
  /// True when `leat_model_open` allocated the block.
  public var isOwned: Bool
  // Here and below: no byte of a block is left as it was.
  private var filler: (UInt8, UInt16, UInt32) = (0, 0, 0)

  public init(
    kernels: UnsafePointer<leat_kernels>, best: UnsafePointer<leat_kernels>, isOwned: Bool,
    fingerprint: InlineArray<32, UInt8>
  ) {
    magic = ModelImage.magic
    layout = ModelImage.layout
    inputLimit = 0
    unsafe self.kernels = kernels
    unsafe self.best = best
    inputSize = 0
    outputSize = 0
    layerCount = 0
    stateCount = 0
    normalizer = 0
    input = Place(0)
    output = Place(0)
    imageSize = 0
    streamSize = 0
    stateSize = 0
    parameters = 0
    macsPerStep = 0
    self.fingerprint = fingerprint
    self.isOwned = isOwned
  }
}

/// The handle of a model's block, and the only place that computes addresses in it.
@safe public struct ModelImage: ~Copyable {
  /// "LeatModl" in memory.
  public static var magic: UInt64 { 0x6c64_6f4d_7461_654c }
  /// Raised when a block's bytes mean something else. 1 was the layout before layers were one list.
  public static var layout: UInt32 { 2 }

  @usableFromInline let base: UnsafeRawPointer

  @inlinable @inline(__always)
  public init(_ base: UnsafeRawPointer) { unsafe self.base = base }

  @inlinable @inline(__always)
  public var header: UnsafePointer<ModelHeader> {
    unsafe base.assumingMemoryBound(to: ModelHeader.self)
  }

  // MARK: Records

  public static func layersOffset() -> Int { MemoryLayout<ModelHeader>.stride }

  public static func statesOffset(layers: Int) -> Int {
    layersOffset() &+ layers &* MemoryLayout<LayerRecord>.stride
  }

  public static func sourcesOffset(layers: Int, states: Int) -> Int {
    statesOffset(layers: layers) &+ states &* MemoryLayout<StateRecord>.stride
  }

  /// Where the layers' own records begin.
  public static func recordsEnd(layers: Int, states: Int, sources: Int) -> Int {
    sourcesOffset(layers: layers, states: states)
      &+ sources &* MemoryLayout<SourceRecord>.stride
  }

  @inlinable @inline(__always)
  public var layers: UnsafePointer<LayerRecord> {
    unsafe (base + MemoryLayout<ModelHeader>.stride).assumingMemoryBound(to: LayerRecord.self)
  }

  public var states: UnsafePointer<StateRecord> {
    // Safe: the image was laid out with as many records as its header counts.
    unsafe (base + ModelImage.statesOffset(layers: header.pointee.layerCount))
      .assumingMemoryBound(to: StateRecord.self)
  }

  /// The sources of a layer, in order.
  @inlinable @inline(__always)
  public func sources(of layer: UnsafePointer<LayerRecord>) -> UnsafePointer<SourceRecord> {
    unsafe (base + layer.pointee.sources).assumingMemoryBound(to: SourceRecord.self)
  }

  /// A kind's own record.
  @inlinable @inline(__always)
  public func record<Record>(at offset: Int, as _: Record.Type) -> UnsafePointer<Record> {
    unsafe (base + offset).assumingMemoryBound(to: Record.self)
  }

  // MARK: Weights

  @inlinable @inline(__always)
  public func bytes(at offset: Int) -> UnsafeRawPointer { unsafe base + offset }

  @inlinable @inline(__always)
  public func floats(at offset: Int) -> UnsafePointer<Float> {
    unsafe (base + offset).assumingMemoryBound(to: Float.self)
  }
}

extension UnsafeRawPointer {
  /// A layer, as kernels are given one.
  @inlinable @inline(__always)
  public var layerRecord: UnsafePointer<LayerRecord> {
    // Safe: kernels are called with records of an image.
    unsafe assumingMemoryBound(to: LayerRecord.self)
  }

  /// A matrix, likewise.
  @inlinable @inline(__always)
  public var matrixRecord: UnsafePointer<MatrixRecord> {
    unsafe assumingMemoryBound(to: MatrixRecord.self)
  }
}
