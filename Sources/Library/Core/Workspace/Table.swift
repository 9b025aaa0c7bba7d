// SPDX-License-Identifier: MIT

/// The handle of an array of fixed capacity in a workspace.
@safe struct Table<Element: BitwiseCopyable>: ~Copyable {
  private let elements: UnsafeMutableBufferPointer<Element>
  private(set) var count = 0

  var capacity: Int { unsafe elements.count }

  init(_ workspace: inout Workspace, capacity: Int) {
    unsafe elements = workspace.reserve(capacity, Element.self)
  }

  subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      // Safe: indices come from counting up to `count`, or from this table.
      return unsafe elements[index]
    }
    nonmutating _modify {
      assert(index >= 0 && index < count)
      // Safe: as above.
      yield unsafe &elements[index]
    }
  }

  /// False when the table is full.
  mutating func append(_ element: Element) -> Bool {
    guard count < capacity else { return false }
    unsafe elements.initializeElement(at: count, to: element)
    count += 1
    return true
  }
}
