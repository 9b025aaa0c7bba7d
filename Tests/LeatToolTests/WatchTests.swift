// SPDX-License-Identifier: MIT

import Testing

@testable import LeatTool

@Test(
  arguments: [
    ("q", [.character("q")]), ("\u{1b}[A", [.up]), ("\u{1b}OB", [.down]), ("\u{1b}", [.escape]),
    ("\u{1b}[5~\u{1b}[6~", [.pageUp, .pageDown]), ("\r", [.enter]), ("\u{7f}", [.backspace]),
    ("a\u{1b}[Hb", [.character("a"), .home, .character("b")]), ("ü", [.character("ü")]),
    // A key that isn't known must not be a filter's text or a command.
    ("\u{1b}[15~", []), ("\u{1b}Oq", []),
  ] as [(String, [Key])])
func keysAreReadFromWhatTheTerminalSends(text: String, keys: [Key]) {
  #expect(Key.keys(in: Array(text.utf8)) == keys)
}

@Test func scrollingEndsWhereRowsDo() {
  var state = WatchState()
  state.press(.up, page: 10, count: 25)
  #expect(state.top == 0)
  state.press(.end, page: 10, count: 25)
  #expect(state.top == 15)
  state.press(.pageDown, page: 10, count: 25)
  #expect(state.top == 15)
  state.limitTop(page: 30, count: 25)
  #expect(state.top == 0)
}

@Test func qIsTextWhileAFilterIsTyped() {
  var state = WatchState()
  for key in [Key.character("/"), .character("q"), .enter] {
    state.press(key, page: 10, count: 25)
  }
  #expect(state.filter == "q" && !state.isOver)
  state.press(.character("q"), page: 10, count: 25)
  #expect(state.isOver)
}
