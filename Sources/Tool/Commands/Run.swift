// SPDX-License-Identifier: MIT

import ArgumentParser
import LeatSamples

/// `leat run MODEL [INPUT]`
struct Run: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, f32 }
  enum OnError: String, ExpressibleByArgument, CaseIterable { case stop, skip }
  enum InputPart: String, ExpressibleByArgument, CaseIterable { case whole, rest }

  static let configuration = CommandConfiguration(
    abstract: "Step a model over samples: a line in, a line out, as they arrive.",
    discussion: """
      INPUT is text with one sample a line, fields between separators as in RFC 4180, or raw \
      little-endian float32. Blank lines and those that begin with # are passed over. A line \
      with the wrong number of fields, or a value that is no number or beyond what the model can \
      take, is malformed: it ends the run, or with --on-error skip it is left out as if it weren't \
      there, so that it has no row and no position. The header may come again, as when files are \
      joined, each with its byte order mark: a line that is the same is never a sample, not even \
      of a header of numbers, which --header asks for. Another header ends the run, since columns \
      may have moved.

      A row holds the time column and those of --keep as they stand, or without them the sample's \
      number from 0, and the outputs in the shortest text that reads back to the same float32. A \
      row is written when its sample has arrived; while more input is ready, many at once.

      With --store the run goes on where it was, however it ended: the input is read from there, \
      and an --output FILE is cut back to there, so that it holds every row once. On standard \
      output rows since the last checkpoint come again. SIGINT and SIGTERM end a run after a \
      sample, with a last checkpoint: of the rows that were written, if nobody reads the others.

      With --follow the run goes on when a log is rotated. When another file has INPUT's place, with \
      something in it, the rest of the old one is read, and then the new one from its start; or, \
      if the old one has no number (INPUT.1) and all that was read is in the new one, from there. A file \
      that is cut (copytruncate) is read from its start too; what was added just before the cut is \
      read from its copy, if that is INPUT.1. Files that came and went between two looks, also \
      before a resume, are found by their numbers, INPUT.1, INPUT.2 and so on. When a resume doesn't \
      find the file that was read it ends with 65 and keeps the state: run the old file to its end, \
      under the name that it has now, then INPUT with --input-is rest. A line that has no line feed \
      where its file was cut or replaced is malformed. Who writes must have left the old file when \
      something is in the new one.

      Examples:
        leat run model.safetensors samples.csv --output outputs.csv
        leat run model.safetensors log.csv --time when --columns flow,heat --keep pump
        tail -n +1 -f log.csv | leat run model.safetensors
        leat run model.safetensors log.csv --follow --output outputs.csv \\
            --store state.db --stream pump-7
        leat run model.safetensors log.csv --output outputs.csv --plot log.html
        leat run model.safetensors samples.f32 --output outputs.f32
        leat run model.safetensors day2.csv --state day1.state --save-state day2.state
      """)

  @Argument(help: "A safetensors file.", completion: .file())
  var model: String

  @Argument(help: "The samples; - for standard input.", completion: .file())
  var input = "-"

  // MARK: Input

  @Option(
    help: "The input's format: csv or f32. By default f32 of a file *.f32 or *.bin, else csv.")
  var format: Format?

  @Option(help: "What stands between fields, also in the output; tab for a tabulator.")
  var separator = ","

  @Flag(
    inversion: .prefixedNo,
    help: "The first line holds names. By default it does when nothing in it is meant for a value.")
  var header: Bool?

  @Option(
    help: """
      The model's inputs in their order: names, in quotes where they hold a comma ('"Temp, C",hum'), \
      or numbers from 1.
      """)
  var columns: NameList?

  @Option(
    help: """
      The column of times: ISO 8601, or Unix time, whose unit its magnitude tells: seconds below \
      1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds. By default one \
      called time, time_s, timestamp, datetime, date or ts, where it isn't an input.
      """)
  var time: String?

  @Option(help: "Further columns to carry through to the output.")
  var keep: NameList?

  @Option(help: "What to do about a malformed line: stop or skip.")
  var onError = OnError.stop

  @Flag(
    help: "At the end of a file wait for more, and go on with the file that takes its place.")
  var follow = false

  @Option(help: "Take in so many samples a second, as when a recording was made.")
  var rate: Double?

  // MARK: Output

  @Option(help: "Where rows go, instead of standard output.", completion: .file())
  var output: String?

  @Option(
    help: "The output's format: csv or f32. By default f32 of a file *.f32 or *.bin, else csv.")
  var outputFormat: Format?

  @Option(help: "Names of the outputs, instead of out0, out1 and so on.")
  var outputNames: NameList?

  @Flag(help: "Write outputs alone: no header, and nothing in front of them.")
  var bare = false

  @Flag(help: "Replace files that are there.")
  var force = false

  @Flag(help: "Say only what is wrong: not where it began, what it took for a header, what it did.")
  var quiet = false

  // MARK: State

  @Option(help: "A store to keep the stream in; made when there is none.", completion: .file())
  var store: String?

  @Option(help: "The stream's name in the store.")
  var stream: String?

  @Option(help: "Samples from one checkpoint to the next. By default one is made every second.")
  var every: UInt64?

  @Option(
    help: """
      When a stream resumes: whether the input is the whole again, of which the part before the \
      checkpoint is passed over, or the rest, which begins after it. A pipe needs it; a file only \
      when it's another one than that of the checkpoint.
      """)
  var inputIs: InputPart?

  @Flag(help: "Give up what the store has of the stream, and begin anew.")
  var restart = false

  @Option(help: "A state to begin with, as --save-state writes them.", completion: .file())
  var state: String?

  @Option(help: "Where to write the state at the end.", completion: .file())
  var saveState: String?

  // MARK: Picture

  @Option(
    help: """
      Draw inputs, outputs, checkpoints, kills and resumes when the run is over: a file *.svg, \
      *.png or *.html. What runs before this one did is drawn too, where input and output are files. \
      Times that go back or repeat are counted on standard error; where many do, the picture's x is \
      the number of the sample.
      """, completion: .file())
  var plot: String?

  @Option(help: "The picture's colours: auto (as the reader's system), light or dark.")
  var plotTheme = PlotFile.Theme.auto

  @Option(
    help: """
      What to draw as a score: the name of an output, or forecast: where each output forecasts the \
      next value of an input, normalised, the RMS of how far the sample was from that.
      """)
  var score: String?

  @Option(help: "Which inputs and outputs to draw, by name. By default all.")
  var draw: NameList?

  func validate() throws {
    try separatorByte()
    if store == nil {
      let lone = [
        ("--stream", stream != nil), ("--every", every != nil), ("--input-is", inputIs != nil),
        ("--restart", restart),
      ]
      if let option = lone.first(where: \.1)?.0 {
        throw ValidationError("\(option) needs a --store.")
      }
    } else if stream == nil {
      throw ValidationError("--store needs a --stream: the stream's name in it.")
    }
    if let rate, !(rate > 0 && rate <= 1e6) {
      throw ValidationError("--rate: found \(rate), expected more than 0 and at most 1000000.")
    }
    if plot == nil {
      if let option = [("--score", score != nil), ("--draw", draw != nil)].first(where: \.1)?.0 {
        throw ValidationError("\(option) needs a --plot.")
      }
    }
    if let every, every == 0 { throw ValidationError("--every: found 0, expected at least 1.") }
    if inputFormat == .f32 {
      let textOnly = [
        ("--columns", columns != nil), ("--time", time != nil), ("--keep", keep != nil),
        ("--header", header != nil),
      ]
      if let option = textOnly.first(where: \.1)?.0 {
        throw ValidationError("\(option) is for text: raw float32 has no columns.")
      }
    }
    if follow && input == "-" {
      throw ValidationError("--follow is for a file: standard input is waited for in any case.")
    }
  }

  func run() throws {
    let pictures = try plot.map { path in
      let besides = readFiles + [output, state].compactMap { $0 }
      let file = try PlotFile(path: path, theme: plotTheme, replaces: force, besides: besides)
      return RunPlot(
        file, title: stream ?? Self.name(of: model), score: score, drawn: draw?.names)
    }
    try Runner(self, observers: pictures.map { [$0] } ?? []).run()
  }

  var columnChoice: ColumnChoice {
    ColumnChoice(
      inputs: columns?.names, time: time, carried: keep?.names ?? [], hasHeader: header)
  }

  /// What nothing may be written over. A state that was read may be replaced by the one at the end.
  var readFiles: [String] {
    [model, input == "-" ? FileIdentity.standardInput : input]
      + (store.map { StoreFiles(of: $0).paths } ?? [])
  }

  /// Besides the state.
  var writtenFiles: [String] { [output, plot].compactMap { $0 } }

  /// A path's last part.
  private static func name(of path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }

  var inputFormat: Format { format ?? Self.format(of: input) }
  var writtenFormat: Format { outputFormat ?? output.map(Self.format) ?? .csv }

  private static func format(of path: String) -> Format {
    path.hasSuffix(".f32") || path.hasSuffix(".bin") ? .f32 : .csv
  }

  @discardableResult
  func separatorByte() throws -> UInt8 {
    let text = separator == "tab" || separator == "\\t" ? "\t" : separator
    let taken = "\"#+-.\r\n eE"
    guard let byte = text.utf8.first, text.utf8.count == 1, byte < 128,
      !taken.utf8.contains(byte), !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    else {
      throw ValidationError("--separator: found '\(separator)', expected one character such as ;")
    }
    return byte
  }
}
