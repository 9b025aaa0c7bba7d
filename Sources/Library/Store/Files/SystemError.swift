// SPDX-License-Identifier: MIT

import CHosted
import CLeat
import LeatSupport

/// An `errno` value, for a message.
struct SystemError {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  static var last: SystemError { SystemError(leat_hosted_errno()) }

  /// The header's code for a file that could not be made or written because of this error.
  var code: Int32 {
    switch number {
    case EACCES, EPERM, EROFS: LEAT_E_READ_ONLY
    case ENOSPC, EDQUOT: LEAT_E_FULL
    case ENOMEM: LEAT_E_MEMORY
    default: LEAT_E_IO
    }
  }

  /// `action` says what could not be done.
  func failure(_ action: Message, _ explanation: Explanation) -> Failure {
    explanation.failure(code, "\(self): \(action)")
  }
}

extension Message.Interpolation {
  mutating func appendInterpolation(_ error: SystemError) {
    var text = InlineArray<80, CChar>(repeating: 0)
    var span = text.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe leat_hosted_describe(error.number, start, buffer.count)
      unsafe appendInterpolation(text: start)
    }
  }
}
