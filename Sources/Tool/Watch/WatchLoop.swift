// SPDX-License-Identifier: MIT

/// The loop of `leat watch` on a terminal: reads the store, draws it, and waits for keys, for signals
/// and for the next time to read. The store is opened for reading only, so its writer is never
/// disturbed; a store that can't be read is tried again.
struct WatchLoop {
  private let interval, stale: Double
  private var watcher: StoreWatcher
  private var screen = Screen()
  private var state = WatchState()
  private var snapshot: StoreSnapshot?
  private var failure: String?
  private var rows: [StoreSnapshot.Stream] = []
  private var hasKeys = TerminalDevice.isTerminal(.standardInput)

  /// - Parameters:
  ///   - interval: seconds between snapshots
  ///   - stale: seconds after which a stream is stale
  init(path: String, interval: Double, stale: Double) {
    watcher = StoreWatcher(path: path)
    (self.interval, self.stale) = (interval, stale)
  }

  mutating func run() throws {
    let signals = try SignalPipe([
      .interrupt, .terminate, .hangup, .quit, .stop, .resume, .windowSize,
    ])
    try screen.enter()
    defer { screen.leave() }
    var next: Int64 = 0
    while !state.isOver {
      if Clock.nanoseconds >= next {
        let start = Clock.nanoseconds
        readStore()
        // A large store, which takes long to read, is read for at most a fifth of the time.
        let pause = max(Int64(interval * 1e9), 4 * (Clock.nanoseconds - start))
        next = Clock.nanoseconds + pause
      }
      try draw()
      try wait(until: next, signals)
    }
  }

  private mutating func readStore() {
    do {
      snapshot = try watcher.snapshot()
      failure = nil
    } catch {
      failure = "\(error)"
    }
    arrange()
  }

  private mutating func arrange() {
    rows = state.rows(of: snapshot?.streams ?? [])
    state.limitTop(page: WatchFrame.page(Terminal.size), count: rows.count)
  }

  private func draw() throws {
    try screen.draw(
      WatchFrame(
        path: watcher.path, snapshot: snapshot, failure: failure, state: state, rows: rows,
        stale: stale, size: Terminal.size
      ).lines)
  }

  private mutating func wait(until next: Int64, _ signals: SignalPipe) throws {
    let seconds = max(0, min(60, Double(next - Clock.nanoseconds) / 1e9))
    let keys = hasKeys ? OpenFile.standardInput.descriptor : -1
    let isReady = try Poll.readable([signals.descriptor, keys], seconds: seconds)
    if isReady[1] { readKeys() }
    while let signal = signals.next() { try handle(signal) }
  }

  private mutating func readKeys() {
    guard let bytes = TerminalDevice.readKeys() else {
      hasKeys = false
      return state.press(.character("q"), page: 1, count: 0)
    }
    let page = WatchFrame.page(Terminal.size)
    for key in Key.keys(in: bytes) { state.press(key, page: page, count: rows.count) }
    arrange()
  }

  private mutating func handle(_ signal: Signal) throws {
    switch signal {
    case .windowSize: arrange()
    case .stop:
      // While it is stopped, the terminal shows the shell's screen.
      screen.leave()
      Signal.stopProcess()
      try screen.enter()
    case .resume: break
    default:
      screen.leave()
      signal.endProcess()
    }
  }
}
