// SPDX-License-Identifier: MIT

import LeatSupport

/// The handle of a file's path: text that ends with NUL and that something else owns.
@safe struct FilePath {
  let text: UnsafePointer<CChar>

  init(_ text: UnsafePointer<CChar>) { unsafe self.text = text }

  var bytes: ByteView { unsafe ByteView(text: text) }
}

extension Message.Interpolation {
  mutating func appendInterpolation(_ path: FilePath, _ suffix: StaticString = "") {
    appendLiteral("'")
    unsafe appendInterpolation(text: path.text)
    appendLiteral(suffix)
    appendLiteral("'")
  }
}

extension ByteView {
  /// The bytes before the NUL.
  init(text: UnsafePointer<CChar>) {
    var count = 0
    while unsafe text[count] != 0 { count += 1 }
    unsafe self.init(text, count: count)
  }
}
