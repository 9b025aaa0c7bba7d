// SPDX-License-Identifier: MIT

import Leat
import LeatSamples

/// What the user asked of `leat run`.
struct RunOptions {
  enum Format: String, CaseIterable {
    case csv, f32

    init(path: String) { self = path.hasSuffix(".f32") || path.hasSuffix(".bin") ? .f32 : .csv }
  }

  enum OnError: String, CaseIterable { case stop, skip, hold }
  enum OnGap: String, CaseIterable { case stop, reset, mark }
  enum OnRepeat: String, CaseIterable { case stop, skip }
  enum InputPart: String, CaseIterable { case whole, rest }

  struct Gaps {
    /// The longest time from a row to the next that is no gap.
    let seconds: Double
    let action: OnGap
  }

  struct Plot {
    let path: String
    let theme: PlotFile.Theme
    /// The name of an output, or "forecast"; nil for none.
    let score: String?
    /// Names of inputs and outputs; nil for all.
    let drawn: [String]?
  }

  let model: String
  /// nil for a stream without windows.
  let windows: Windows?

  /// Read one after the other; "-" for standard input.
  let inputs: [String]
  let inputFormat: Format
  let dialect: CSVDialect
  let columns: ColumnChoice
  /// The most streams of an input with keys; nil without keys.
  let mostStreams: Int?
  let onError: OnError
  /// nil when gaps are taken in as other rows.
  let gaps: Gaps?
  /// nil when times that repeat are taken in as others.
  let onRepeat: OnRepeat?
  /// Whether the end of a file is waited at for more, and for the file that replaces it.
  let follows: Bool
  /// Samples a second; nil for as many as there are.
  let rate: Double?

  /// nil for standard output.
  let output: String?
  let outputFormat: Format
  let outputNames: [String]?
  let isBare, replaces, isQuiet: Bool

  let store: String?
  let stream: String?
  /// Whether the same command runs other streams, too: reports name this one then.
  let isOneOfSeveral: Bool
  /// Samples between checkpoints; nil for one a second.
  let every: UInt64?
  let inputIs: InputPart?
  let restarts: Bool
  let state: String?
  let savedState: String?

  let plot: Plot?

  /// The input, or the first of several.
  var input: String { inputs[0] }

  /// What the reader asks about.
  var rules: SampleRules {
    var rules = SampleRules()
    rules.gap = gaps?.seconds
    rules.asksAboutRepeats = onRepeat != nil
    rules.holds = onError == .hold
    return rules
  }

  /// Files that no output may replace. A state that is read may be replaced by the one at the end.
  var readFiles: [String] {
    [model] + inputs.map { $0 == "-" ? FileIdentity.standardInput : $0 }
      + (store.map { StoreFiles(of: $0).paths } ?? [])
  }

  /// Files that are written, without the state.
  var writtenFiles: [String] { [output, plot?.path].compactMap { $0 } }
}
