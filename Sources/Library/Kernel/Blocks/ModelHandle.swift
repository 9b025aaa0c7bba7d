// SPDX-License-Identifier: MIT
//
// A model in memory is one block:
//
//     ModelHeader | a LayerRecord for each layer | a StateRecord for each recurrent layer
//     | a SourceRecord for each source | the records of the layers' kinds, then their weights
//
// Offsets are in bytes from the block's start, so that a block may be copied. Its only addresses
// are those of the kernels, in its header. The record of a kind (`LSTMRecord`, `MatrixRecord`) is
// in the kind's folder. A stream in memory is another block: see `StreamHandle`.
//
// A handle is a pointer to a block, or to a record in one. Only handles and kernels compute
// addresses.

import CLeat

/// The handle of a model's block.
@safe public struct ModelHandle: ~Copyable {
  /// "LeatModl" in memory.
  public static var magic: UInt64 { 0x6c64_6f4d_7461_654c }
  /// Raised when the bytes of a block get another meaning. Layout 1 had no list of layers.
  public static var layout: UInt32 { 2 }

  @usableFromInline let base: UnsafeRawPointer

  // Safe: C's pointers are optional, but only the library calls kernels, with addresses of blocks.
  @inlinable @inline(__always)
  public init(_ base: UnsafeRawPointer?) { unsafe self.base = base.unsafelyUnwrapped }

  /// The block's address.
  public var pointer: UnsafeRawPointer { unsafe base }

  // Safe, here and below: a model's block is laid out with the records that its header counts, and
  // every offset in it is one that the layout gave.

  /// Always inlined: as a function, a coroutine would allocate.
  @_alwaysEmitIntoClient
  public var header: ModelHeader {
    @inline(__always) _read { yield unsafe base.assumingMemoryBound(to: ModelHeader.self).pointee }
  }

  // MARK: Records

  public static func layersOffset() -> Int { MemoryLayout<ModelHeader>.stride }

  public static func statesOffset(layers: Int) -> Int {
    layersOffset() &+ layers &* MemoryLayout<LayerRecord>.stride
  }

  public static func sourcesOffset(layers: Int, states: Int) -> Int {
    statesOffset(layers: layers) &+ states &* MemoryLayout<StateRecord>.stride
  }

  /// Where the records of the layers' kinds begin.
  public static func recordsEnd(layers: Int, states: Int, sources: Int) -> Int {
    sourcesOffset(layers: layers, states: states)
      &+ sources &* MemoryLayout<SourceRecord>.stride
  }

  @inlinable @inline(__always)
  public func layer(_ index: Int) -> RecordHandle<LayerRecord> {
    let offset = MemoryLayout<ModelHeader>.stride &+ index &* MemoryLayout<LayerRecord>.stride
    return record(at: offset, as: LayerRecord.self)
  }

  public func state(_ index: Int) -> StateRecord {
    let states = ModelHandle.statesOffset(layers: header.layerCount)
    return record(at: states &+ index &* MemoryLayout<StateRecord>.stride, as: StateRecord.self)
      .value
  }

  /// The first source of a layer.
  @inlinable @inline(__always)
  public func source(of layer: RecordHandle<LayerRecord>) -> SourceRecord {
    sources(of: layer).value
  }

  @inlinable @inline(__always)
  func sources(of layer: RecordHandle<LayerRecord>) -> RecordHandle<SourceRecord> {
    record(at: layer.value.sources, as: SourceRecord.self)
  }

  /// The record of a layer's kind.
  @inlinable @inline(__always)
  public func record<Record>(at offset: Int, as _: Record.Type) -> RecordHandle<Record> {
    unsafe RecordHandle(base + offset)
  }

  // MARK: Weights

  @inlinable @inline(__always)
  public func bytes(at offset: Int) -> UnsafeRawPointer { unsafe base + offset }

  @inlinable @inline(__always)
  public func floats(at offset: Int) -> UnsafePointer<Float> {
    unsafe (base + offset).assumingMemoryBound(to: Float.self)
  }
}
