// SPDX-License-Identifier: MIT

/// Memory on the stack of whoever loads a model, for the tables of one file. It is lent once and
/// handed on by pointer: arrays in structs would be copied from one function's frame to the next,
/// and half a megabyte of stack go with them.
@safe struct Workspace: ~Copyable {
  private var next: UnsafeMutableRawPointer
  private let end: UnsafeMutableRawPointer

  init(_ memory: UnsafeMutableRawBufferPointer) {
    // Safe: the memory is an InlineArray that isn't empty.
    unsafe next = memory.baseAddress!
    unsafe end = next + memory.count
  }

  /// Room for `capacity` elements; none at all when they don't fit, which is a defect of the size
  /// in `ModelLoader.load`: tables that hold nothing refuse every file, and every test fails.
  mutating func take<Element>(
    _ capacity: Int, _: Element.Type
  ) -> UnsafeMutableBufferPointer<Element> {
    let start = unsafe next.alignedUp(for: Element.self)
    guard unsafe end - start >= capacity * MemoryLayout<Element>.stride else {
      return unsafe UnsafeMutableBufferPointer(start: nil, count: 0)
    }
    unsafe next = start + capacity * MemoryLayout<Element>.stride
    return unsafe UnsafeMutableBufferPointer(
      start: start.assumingMemoryBound(to: Element.self), count: capacity)
  }
}
