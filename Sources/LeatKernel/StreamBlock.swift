// SPDX-License-Identifier: MIT

/// The first 64 bytes of a stream's block. The rest is floats: each layer's c and its two h, then
/// scratch; `LSTMRecord` and `ModelHeader` say where.
@safe public struct StreamHeader {
  public var magic: UInt64
  public var model: UnsafeRawPointer
  public var position: UInt64
  /// Which of each layer's two h is the current one: 0 or 1.
  public var parity: UInt32
  /// Marks the streams of a batch while it is checked, to find one that stands in it twice.
  public var isInBatch: Bool

  public init(model: UnsafeRawPointer) {
    magic = StreamBlock.magic
    unsafe self.model = model
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

  @inlinable @inline(__always)
  public func cell(of layer: borrowing LSTMRecord) -> UnsafeMutablePointer<Float> {
    unsafe floats(at: layer.cell)
  }

  @inlinable @inline(__always)
  public func currentHidden(of layer: borrowing LSTMRecord) -> UnsafeMutablePointer<Float> {
    unsafe floats(at: header.pointee.parity == 0 ? layer.hidden.0 : layer.hidden.1)
  }

  @inlinable @inline(__always)
  public func nextHidden(of layer: borrowing LSTMRecord) -> UnsafeMutablePointer<Float> {
    unsafe floats(at: header.pointee.parity == 0 ? layer.hidden.1 : layer.hidden.0)
  }

  /// Where the output of a linear layer goes: two places in turn.
  @inlinable @inline(__always)
  func linearOutput(_ index: Int, of model: borrowing ModelImage) -> UnsafeMutablePointer<Float> {
    let scratch = unsafe model.header.pointee.scratch.linear
    return unsafe floats(at: index & 1 == 0 ? scratch.0 : scratch.1)
  }
}
