// SPDX-License-Identifier: MIT

import ArgumentParser

/// What is done about the times of rows.
struct RowTimeArguments: ParsableArguments {
  @Option(
    help: """
      The longest time from a row to the next: 500ms, 30s, 10m, 2h or 1d. A longer one, also back, \
      is a gap.
      """)
  var gap: GapArgument?

  @Option(
    help: """
      What to do about a gap: stop, as by default; reset, which sets the state to that of a new \
      stream, while samples are counted on; or mark, which adds a column gap to the output, 1 \
      after a gap and else 0.
      """)
  var onGap: RunOptions.OnGap?

  @Option(
    help: """
      What to do about a time that repeats or goes back: stop or skip. By default nothing. With \
      --gap a time that goes back by more than that is a gap, and no repeat. Times are compared as \
      doubles, which are about 240 ns apart in these years.
      """)
  var onRepeat: RunOptions.OnRepeat?

  var gaps: RunOptions.Gaps? {
    gap.map { .init(seconds: Double($0.milliseconds) / 1000, action: onGap ?? .stop) }
  }
}

/// A duration in which 10m are ten minutes, too. Elsewhere they might be months.
struct GapArgument: ExpressibleByArgument {
  let milliseconds: Int64

  init?(argument: String) {
    let isMinutes = argument.hasSuffix("m")
    guard let duration = DurationArgument(argument: isMinutes ? argument + "in" : argument) else {
      return nil
    }
    milliseconds = duration.milliseconds
  }
}

extension RunOptions.OnGap: ExpressibleByArgument {}
extension RunOptions.OnRepeat: ExpressibleByArgument {}
