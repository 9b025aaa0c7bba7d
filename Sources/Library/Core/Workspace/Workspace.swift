// SPDX-License-Identifier: MIT
//
// What a model's file is read into. The loader may not allocate, so its tables have a fixed
// capacity and lie in one piece of memory on the stack of the function that loads a model. They are
// passed on by pointer: arrays in structs would be copied from one function's frame to the next,
// half a megabyte of stack.

/// The memory that tables are taken from.
@safe struct Workspace: ~Copyable {
  private var next: UnsafeMutableRawPointer
  private let end: UnsafeMutableRawPointer

  init(_ memory: UnsafeMutableRawBufferPointer) {
    // Safe: the memory is an InlineArray that isn't empty.
    unsafe next = memory.baseAddress!
    unsafe end = next + memory.count
  }

  /// Memory for `capacity` elements. None if they don't fit: then `workspaceMemory` is too small:
  /// tables without capacity refuse every file, and every test fails.
  mutating func reserve<Element>(
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
