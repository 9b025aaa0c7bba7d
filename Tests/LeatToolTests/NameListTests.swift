// SPDX-License-Identifier: MIT

import Testing

@testable import LeatTool

@Suite struct NameLists {
  @Test func namesMayHoldCommasInQuotes() {
    for (text, names) in [
      ("a", ["a"]), ("a,b c", ["a", "b c"]), ("\"a, b\",c", ["a, b", "c"]), ("\"a\"", ["a"]),
      ("\"\"\"a\"\"\"", ["\"a\""]), ("a \"x\",b", ["a \"x\"", "b"]), ("\"a\"\"b\"", ["a\"b"]),
    ] {
      #expect(NameList(argument: text)?.names == names, "\(text)")
    }
    for text in ["", ",", "a,", ",a", "a,,b", "\"a", "\"a\"b", "\"\"", "\"a\",", "\"a\" ,b"] {
      #expect(NameList(argument: text) == nil, "\(text)")
    }
  }
}
