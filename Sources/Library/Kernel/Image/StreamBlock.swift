// SPDX-License-Identifier: MIT

import CLeat

/// The first 64 bytes of a stream's block. The rest is floats: each recurrent layer's c and its two
/// h, then what lives for one step only; the model's records say where.
@safe public struct StreamHeader {
  public var magic: UInt64
  public var model: UnsafeRawPointer
  /// The kernels it is stepped by, one of its model's.
  public var kernels: UnsafePointer<leat_kernels>
  public var position: UInt64
  /// Which of each layer's two h is the current one: 0 or 1.
  public var parity: UInt32
  /// Marks the streams of a batch while it is checked, to find one that stands in it twice.
  public var isInBatch: Bool

  public init(model: UnsafeRawPointer, kernels: UnsafePointer<leat_kernels>) {
    magic = StreamBlock.magic
    unsafe self.model = model
    unsafe self.kernels = kernels
    position = 0
    parity = 0
    isInBatch = false
  }
}

/// The handle of a stream's block, and the only place that computes addresses in it.
@safe public struct StreamBlock: ~Copyable {
  /// "LeatStrm" in memory.
  public static var magic: UInt64 { 0x6d72_7453_7461_654c }

  public static var headerSize: Int { @inlinable @inline(__always) get { 64 } }

  @usableFromInline let base: UnsafeMutableRawPointer

  @inlinable @inline(__always)
  public init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

  @inlinable @inline(__always)
  public var header: UnsafeMutablePointer<StreamHeader> {
    unsafe base.assumingMemoryBound(to: StreamHeader.self)
  }

  @inlinable @inline(__always)
  public func floats(at offset: Int) -> UnsafeMutablePointer<Float> {
    unsafe (base + offset).assumingMemoryBound(to: Float.self)
  }

  /// What is at a place in this step.
  @inlinable @inline(__always)
  public func floats(at place: Place) -> UnsafeMutablePointer<Float> {
    unsafe floats(at: header.pointee.parity == 0 ? place.even : place.odd)
  }

  /// The kernel of a layer.
  @inlinable @inline(__always)
  func kernel(of layer: UnsafePointer<LayerRecord>) -> UnsafePointer<leat_kernel> {
    // Safe: a model is made only with the kernels that its layers need.
    unsafe (UnsafeRawPointer(header.pointee.kernels) + layer.pointee.kernel)
      .assumingMemoryBound(to: leat_kernel.self)
  }
}
