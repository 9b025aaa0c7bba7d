// SPDX-License-Identifier: MIT
//
// A windowed stream gives the outputs that fresh streams over the last W samples would give, one
// each H samples. It is ceil(W / H) ordinary streams in one block, which take turns: each begins a
// window from the initial state when H samples have passed since the one before began, takes in W
// samples, and gives the output at the last. The position of such a stream isn't used.
//
// Its header is that of a stream with another magic. So whatever expects a stream without windows
// fails its first check, and looks at the other kind only then.

import CInternal
import CLeat
import LeatKernel
import LeatSupport

/// The table of a windowed stream; nil of any other pointer.
@inline(never)
func windowFunctions(_ pointer: OpaquePointer?) -> UnsafePointer<leatcore_window_functions>? {
  guard let block = unsafe streamHandle(pointer, magic: WindowHandle.magic) else { return nil }
  let functions = unsafe block.header.functions
  return unsafe functions?.assumingMemoryBound(to: leatcore_window_functions.self)
}

/// The table of the first stream of a batch, if it is a windowed one.
@inline(never)
func windowFunctions(
  ofFirst streams: UnsafePointer<OpaquePointer?>?, _ count: Int
) -> UnsafePointer<leatcore_window_functions>? {
  guard count != 0, let streams = unsafe streams,
    unsafe UInt(bitPattern: streams) % UInt(MemoryLayout<OpaquePointer?>.alignment) == 0
  else { return nil }
  return unsafe windowFunctions(streams[0])
}

func windowHandle(_ pointer: OpaquePointer?) -> WindowHandle? {
  guard let block = unsafe streamHandle(pointer, magic: WindowHandle.magic) else { return nil }
  return unsafe WindowHandle(block.pointer)
}

/// The handle of a stream of either kind: of what both have in their headers.
func eitherHandle(_ pointer: OpaquePointer?) -> StreamHandle? {
  if let stream = unsafe streamHandle(pointer) { return stream }
  return unsafe streamHandle(pointer, magic: WindowHandle.magic)
}

/// The handle of a windowed stream's block.
@safe struct WindowHandle: ~Copyable {
  /// "LeatWndw" in memory.
  static var magic: UInt64 { 0x7764_6e57_7461_654c }

  let block: StreamHandle
  let layout: WindowLayout
  let window: UInt64
  let hop: UInt64

  /// The caller has found the magic.
  init(_ pointer: OpaquePointer) { unsafe self.init(UnsafeMutableRawPointer(pointer)) }

  init(_ pointer: UnsafeMutableRawPointer) {
    block = unsafe StreamHandle(pointer)
    let (window, hop) = (block.header.window, block.header.hop)
    // Safe: the block was made with this layout.
    layout = unsafe WindowLayout(block.model, window: window, hop: hop).unsafelyUnwrapped
    (self.window, self.hop) = (UInt64(window), UInt64(hop))
  }

  // Safe, here and below: the block is as large as its layout.

  func stream(_ index: Int) -> StreamHandle {
    let offset = WindowLayout.firstStream &+ index &* layout.streamSize
    return unsafe StreamHandle(block.pointer + offset)
  }

  /// The samples that the windows have taken in: a window begins at each multiple of H.
  var taken: UInt64 { block.header.taken }

  /// How many samples remain before the greatest position.
  var samplesLeft: UInt64 { UInt64(Int64.max) - max(block.header.position, taken) }

  /// The first of the windows, counted from 0, that isn't over when so many samples were taken in.
  func firstOpen(after taken: UInt64) -> UInt64 {
    taken < window ? 0 : (taken - window) / hop + 1
  }

  /// The stream of a window, counted from 0.
  func place(ofWindow number: UInt64) -> Int { Int(number % UInt64(layout.streams)) }

  /// Writes the header and all streams.
  static func make(
    _ memory: UnsafeMutableRawPointer, _ model: borrowing ModelHandle, _ layout: WindowLayout,
    window: UInt32, hop: UInt32
  ) {
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: layout.size)
    var header = unsafe StreamHeader(model: model.pointer, kernels: model.header.best)
    header.magic = WindowHandle.magic
    (header.window, header.hop) = (window, hop)
    unsafe header.functions = UnsafeRawPointer(leatcore_window_table())
    unsafe StreamHandle(memory).initialize(header)
    unsafe WindowHandle(memory).reset()
  }

  /// Position 0, and no window has begun.
  @inline(never)
  func reset() {
    block.header.position = 0
    block.header.taken = 0
    for index in 0..<layout.streams {
      unsafe stream(index).reset(block.model, block.header.kernels)
    }
  }

  func setKernels(_ kernels: UnsafePointer<leat_kernels>) {
    unsafe block.header.kernels = kernels
    for index in 0..<layout.streams {
      let stream = stream(index)
      unsafe stream.header.kernels = kernels
    }
  }
}
