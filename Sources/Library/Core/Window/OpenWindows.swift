// SPDX-License-Identifier: MIT

/// Which streams are in the middle of a window when so many samples were taken in: the window has
/// begun and isn't over. H and c of the others mean nothing.
struct OpenWindows {
  private let first: Int
  private let count: Int
  private let streams: Int

  init(of window: borrowing WindowHandle, taken: UInt64) {
    let first = window.firstOpen(after: taken)
    let end = taken == 0 ? 0 : (taken - 1) / window.hop + 1
    self.first = window.place(ofWindow: first)
    // Safe: at most as many as there are streams.
    count = Int(end - min(first, end))
    streams = window.layout.streams
  }

  /// The windows follow each other in the block, and after its last stream comes its first.
  func contains(_ index: Int) -> Bool {
    (index < first ? index + streams - first : index - first) < count
  }
}
