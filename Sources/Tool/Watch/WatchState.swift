// SPDX-License-Identifier: MIT

/// The order, the filter and the part of the rows that the user has chosen by keys.
struct WatchState {
  enum Order: String {
    case name, position, rate, age
  }

  private(set) var order = Order.name
  private(set) var isReversed = false
  private(set) var filter = ""
  /// Whether keys are the text of the filter.
  private(set) var isTyping = false
  /// The first row that is shown.
  private(set) var top = 0
  private(set) var isOver = false

  /// - Parameters:
  ///   - page: rows on the screen
  ///   - count: rows there are
  mutating func press(_ key: Key, page: Int, count: Int) {
    switch key {
    case .up: top -= 1
    case .down: top += 1
    case .pageUp: top -= page
    case .pageDown: top += page
    case .home: top = 0
    case .end: top = count
    case .enter: isTyping = false
    case .escape: (isTyping, filter, top) = (false, "", 0)
    case .backspace:
      if isTyping && !filter.isEmpty { filter.removeLast() }
    case .character(let character) where isTyping:
      if !character.isNewline { filter.append(character) }
      top = 0
    case .character("q"): isOver = true
    case .character("/"): isTyping = true
    case .character("n"): sort(by: .name)
    case .character("p"): sort(by: .position)
    case .character("r"): sort(by: .rate)
    case .character("a"): sort(by: .age)
    case .character(" "): top += page
    default: break
    }
    limitTop(page: page, count: count)
  }

  /// Keeps the last row at the bottom of the screen or below it.
  mutating func limitTop(page: Int, count: Int) { top = max(0, min(top, count - page)) }

  /// The same order once more reverses it.
  private mutating func sort(by new: Order) {
    isReversed = new == order ? !isReversed : false
    (order, top) = (new, 0)
  }

  /// The streams that match the filter, sorted: by ascending name or age, or by descending position
  /// or rate.
  func rows(of streams: [StoreSnapshot.Stream]) -> [StoreSnapshot.Stream] {
    let pattern = filter.lowercased()
    var rows =
      pattern.isEmpty
      ? streams : streams.filter { $0.entry.name.lowercased().contains(pattern) }
    switch order {
    case .name: break
    case .position: rows.sort { $0.entry.position > $1.entry.position }
    case .rate: rows.sort { $0.rate ?? -1 > $1.rate ?? -1 }
    case .age: rows.sort { $0.entry.savedAt > $1.entry.savedAt }
    }
    return isReversed ? rows.reversed() : rows
  }
}
