// SPDX-License-Identifier: MIT

import CLeat

/// The first 64 bytes of a stream's block. The rest is floats: c and the two h of each recurrent
/// layer, then the values of a single step. The model's records say where each is.
@safe public struct StreamHeader {
  public var magic = StreamHandle.magic
  public var model: UnsafeRawPointer
  /// The kernel set that steps it, one of its model's list.
  public var kernels: UnsafePointer<leat_kernels>
  public var position: UInt64 = 0
  /// Of a windowed stream, which has another magic: the samples since its windows began, a table of
  /// the functions that step, save and load it, its samples and its hop. Of others 0.
  public var taken: UInt64 = 0
  public var functions: UnsafeRawPointer?
  public var window: UInt32 = 0
  public var hop: UInt32 = 0
  // The bytes come last: a gap between fields would be whatever was on the stack.
  /// Which of the two h of each layer is the current one: 0 or 1. A byte, since a compiler flips it
  /// as one: a wider load just after would wait until that byte is in the cache.
  public var parity: UInt8 = 0
  /// Marks the streams of a batch until their pass is stepped, to find a stream that is in it twice.
  public var isInBatch = false

  public init(model: UnsafeRawPointer, kernels: UnsafePointer<leat_kernels>) {
    unsafe self.model = model
    unsafe self.kernels = kernels
  }
}

/// The handle of a stream's block.
@safe public struct StreamHandle: ~Copyable {
  /// "LeatStrm" in memory.
  public static var magic: UInt64 { 0x6d72_7453_7461_654c }

  public static var headerSize: Int { @inlinable @inline(__always) get { 64 } }

  @usableFromInline let base: UnsafeMutableRawPointer

  // Safe: C's pointers are optional, but only the library calls kernels, with addresses of blocks.
  @inlinable @inline(__always)
  public init(_ base: UnsafeMutableRawPointer?) { unsafe self.base = base.unsafelyUnwrapped }

  /// The block's address.
  public var pointer: UnsafeMutableRawPointer { unsafe base }

  /// Always inlined: as a function, a coroutine would allocate.
  @_alwaysEmitIntoClient
  public var header: StreamHeader {
    // Safe, here and below: the block is as large as its model's records need.
    @inline(__always) _read { yield unsafe headerPointer.pointee }
    @inline(__always) nonmutating _modify { yield unsafe &headerPointer.pointee }
  }

  @inlinable @inline(__always)
  var headerPointer: UnsafeMutablePointer<StreamHeader> {
    unsafe base.assumingMemoryBound(to: StreamHeader.self)
  }

  /// Writes the header of a new stream.
  public func initialize(_ header: StreamHeader) { unsafe headerPointer.initialize(to: header) }

  @inlinable @inline(__always)
  public func floats(at offset: Int) -> UnsafeMutablePointer<Float> {
    unsafe (base + offset).assumingMemoryBound(to: Float.self)
  }

  /// The floats that are at a place in this step.
  @inlinable @inline(__always)
  public func floats(at place: Place) -> UnsafeMutablePointer<Float> {
    unsafe floats(at: header.parity == 0 ? place.even : place.odd)
  }

  /// The input of a layer.
  @inlinable @inline(__always)
  func input(of layer: RecordHandle<LayerRecord>, _ model: borrowing ModelHandle)
    -> UnsafePointer<Float>
  {
    unsafe UnsafePointer(floats(at: model.source(of: layer).place))
  }

  /// The kernels of a layer: for one stream, and for a batch.
  @inlinable @inline(__always)
  func kernel(of layer: RecordHandle<LayerRecord>) -> leat_kernel {
    // Safe: the offset is that of a field.
    unsafe (UnsafeRawPointer(header.kernels) + layer.value.kernel)
      .assumingMemoryBound(to: leat_kernel.self).pointee
  }

  /// One step of a layer.
  @inlinable @inline(__always)
  func step(_ layer: RecordHandle<LayerRecord>, _ model: borrowing ModelHandle) {
    // Safe: a model is made only with the kernels that its layers need.
    unsafe kernel(of: layer).step.unsafelyUnwrapped(model.base, layer.base, base)
  }
}
