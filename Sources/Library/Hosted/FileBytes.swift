// SPDX-License-Identifier: MIT

import CHosted
import CLeat
import LeatSupport

/// A whole file, in memory from the system: the only allocation on the heap is that of the model.
/// The file is read and not mapped, since a mapped file that shrinks kills the process.
@safe struct FileBytes: ~Copyable {
  private let pages: UnsafeMutableRawPointer
  private let count: Int

  var bytes: ByteView { unsafe ByteView(pages, count: count) }

  init(_ path: UnsafePointer<CChar>, _ explanation: Explanation) throws(Failure) {
    let file = unsafe leat_hosted_open_to_read(path)
    guard file >= 0 else { throw unsafe FileBytes.failure(path, explanation) }
    defer { close(file) }
    let size = leat_hosted_file_size(file)
    guard size != -2 else {
      throw unsafe explanation.failure(
        LEAT_E_IO, "not a regular file, expected one: '\(text: path)'")
    }
    guard size >= 0 else { throw unsafe FileBytes.failure(path, explanation) }
    guard let count = Int(exactly: size), let pages = unsafe leat_hosted_map(max(count, 1)) else {
      throw unsafe explanation.failure(
        LEAT_E_MEMORY, "no memory for \(size) bytes: '\(text: path)'")
    }
    var offset = 0
    while offset < count {
      let length = unsafe read(file, pages + offset, count - offset)
      if length < 0, leat_hosted_errno() == EINTR { continue }
      guard length > 0 else {
        let failure =
          unsafe length < 0
          ? FileBytes.failure(path, explanation)
          : explanation.failure(LEAT_E_IO, "it became shorter while it was read: '\(text: path)'")
        unsafe munmap(pages, max(count, 1))
        throw failure
      }
      offset += length
    }
    unsafe self.pages = pages
    self.count = count
  }

  deinit { unsafe munmap(pages, max(count, 1)) }

  private static func failure(
    _ path: UnsafePointer<CChar>, _ explanation: Explanation
  ) -> Failure {
    var text = InlineArray<96, CChar>(repeating: 0)
    return unsafe withUnsafeMutableBytes(of: &text) { bytes in
      let words = unsafe bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
      unsafe leat_hosted_describe(leat_hosted_errno(), words, bytes.count)
      return unsafe explanation.failure(LEAT_E_IO, "\(text: words): '\(text: path)'")
    }
  }
}
