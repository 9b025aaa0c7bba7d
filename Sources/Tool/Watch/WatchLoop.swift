// SPDX-License-Identifier: MIT

import Glibc

/// Looks, draws, and waits for keys, signals and the next look.
struct WatchLoop {
  private let interval, stale: Double
  private var watcher: StoreWatcher
  private var screen = Screen()
  private var state = WatchState()
  private var look: StoreLook?
  private var failure: String?
  private var rows: [StoreLook.Stream] = []
  private var hasKeys = isatty(STDIN_FILENO) == 1

  /// - Parameters:
  ///   - interval: seconds between looks
  ///   - stale: seconds beyond which a stream's age is marked
  init(path: String, interval: Double, stale: Double) {
    watcher = StoreWatcher(path: path)
    (self.interval, self.stale) = (interval, stale)
  }

  mutating func run() throws {
    let signals = try Signals([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])
    try screen.enter()
    defer { screen.leave() }
    var next: Int64 = 0
    while !state.isOver {
      if Clock.nanoseconds >= next {
        let start = Clock.nanoseconds
        lookAgain()
        // A store so large that a look takes long is not looked at all the time.
        let pause = max(Int64(interval * 1e9), 4 * (Clock.nanoseconds - start))
        next = Clock.nanoseconds + pause
      }
      try draw()
      try wait(until: next, signals)
    }
  }

  private mutating func lookAgain() {
    do {
      look = try watcher.look()
      failure = nil
    } catch {
      failure = Refusal(error)?.description ?? "\(error)"
    }
    arrange()
  }

  private mutating func arrange() {
    rows = state.rows(of: look?.streams ?? [])
    state.keep(page: WatchFrame.page(Terminal.size), count: rows.count)
  }

  private func draw() throws {
    try screen.draw(
      WatchFrame(
        path: watcher.path, look: look, failure: failure, state: state, rows: rows, stale: stale,
        size: Terminal.size
      ).lines)
  }

  private mutating func wait(until next: Int64, _ signals: Signals) throws {
    var waited = [
      pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: hasKeys ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
    ]
    let milliseconds = max(0, min(60_000, (next - Clock.nanoseconds) / 1_000_000 + 1))
    _ = unsafe poll(&waited, nfds_t(waited.count), Int32(milliseconds))
    if waited[1].revents != 0 { readKeys() }
    if waited[0].revents != 0 {
      for number in signals.take() { try obey(number, signals) }
    }
  }

  private mutating func readKeys() {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe read(STDIN_FILENO, &bytes, bytes.count)
    if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) {
      // The terminal is gone.
      hasKeys = false
      state.press(.character("q"), page: 1, count: 0)
    }
    let page = WatchFrame.page(Terminal.size)
    for key in Key.keys(in: Array(bytes.prefix(max(0, count)))) {
      state.press(key, page: page, count: rows.count)
    }
    arrange()
  }

  private mutating func obey(_ number: Int32, _ signals: Signals) throws {
    switch number {
    case SIGWINCH: arrange()
    case SIGTSTP:
      // As other programs do: the shell's screen while it is stopped.
      screen.leave()
      raise(SIGSTOP)
      try screen.enter()
    case SIGCONT: break
    default:
      screen.leave()
      Signals.end(by: number)
    }
  }
}
