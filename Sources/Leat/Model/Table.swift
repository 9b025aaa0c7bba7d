// SPDX-License-Identifier: MIT

/// Memory on the stack of whoever loads a model, for the tables of one file. It is lent once and
/// handed on by pointer: arrays in structs would be copied from one function's frame to the next,
/// and half a megabyte of stack go with them.
@safe struct Workspace: ~Copyable {
  static var size: Int { 24 * 1024 }

  private var next: UnsafeMutableRawPointer
  private let end: UnsafeMutableRawPointer

  init(_ memory: UnsafeMutableRawBufferPointer) {
    // Safe: `ModelLoader` lends memory of the size above, so there is a first byte.
    unsafe next = memory.baseAddress!
    unsafe end = next + memory.count
  }

  fileprivate mutating func take<Element>(
    _ capacity: Int, _: Element.Type
  ) -> UnsafeMutablePointer<Element> {
    let start = unsafe next.alignedUp(for: Element.self)
    unsafe next = start + capacity * MemoryLayout<Element>.stride
    // The capacities are constants, and so is the size: this is met by every test or by none.
    unsafe assert(next <= end)
    return unsafe start.assumingMemoryBound(to: Element.self)
  }
}

/// A handle of an array of fixed capacity in a workspace.
@safe struct Table<Element: BitwiseCopyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  let capacity: Int
  private(set) var count = 0

  init(_ workspace: inout Workspace, capacity: Int) {
    unsafe base = workspace.take(capacity, Element.self)
    self.capacity = capacity
  }

  subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      // Safe: indices come from counting up to `count`, or from this table.
      return unsafe base[index]
    }
    nonmutating _modify {
      assert(index >= 0 && index < count)
      // Safe: as above.
      yield unsafe &base[index]
    }
  }

  /// False when there is no room.
  mutating func append(_ element: Element) -> Bool {
    guard count < capacity else { return false }
    unsafe (base + count).initialize(to: element)
    count += 1
    return true
  }
}
