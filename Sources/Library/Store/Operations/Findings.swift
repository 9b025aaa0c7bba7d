// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// What a verification found to be wrong: reported to the caller line by line, and counted.
@safe struct Findings {
  typealias Call = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void

  private let call: Call?
  private let context: UnsafeMutableRawPointer?
  private(set) var count: UInt64 = 0
  private var first: Message = ""
  private let explanation: Explanation

  init(_ call: Call?, _ context: UnsafeMutableRawPointer?, _ explanation: Explanation) {
    unsafe self.call = unsafe call
    unsafe self.context = context
    self.explanation = explanation
  }

  mutating func add(_ line: Message) {
    count &+= 1
    if count == 1 { first = line }
    guard let call = unsafe call else { return }
    // One byte more, for the NUL.
    var text = InlineArray<240, CChar>(repeating: 0)
    for index in 0..<min(line.count, 239) { text[index] = CChar(bitPattern: line.byte(at: index)) }
    var span = text.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { text in
      unsafe call(context, UnsafePointer(text.baseAddress))
    }
  }

  /// Adds each line of SQLite's text except the headings.
  mutating func add(linesOf text: ByteView) {
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text.byte(at: end) != UInt8(ascii: "\n") { end += 1 }
      if end > start, text.byte(at: start) != UInt8(ascii: "*") {
        add("SQLite: \(foreign: text.slice(start, end))")
      }
      start = end + 1
    }
  }

  /// Adds a failure by damage, which was just caught. Throws any other, which says nothing about
  /// the store.
  mutating func add(_ failure: Failure) throws(Failure) {
    guard failure.isDamage else { throw failure }
    add(explanation.message)
  }

  /// Throws when anything was found.
  func conclude() throws(Failure) {
    switch count {
    case 0: return
    case 1: throw explanation.failure(LEAT_E_CORRUPT, "1 finding: \(first)")
    default: throw explanation.failure(LEAT_E_CORRUPT, "\(count) findings, the first: \(first)")
    }
  }
}
