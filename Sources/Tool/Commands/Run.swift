// SPDX-License-Identifier: MIT

import ArgumentParser
import LeatSamples

/// `leat run MODEL [INPUT ...]`
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Step a model over samples: a line in, a line out, as they arrive.",
    discussion: """
      INPUT is text with one sample a line, with fields as in RFC 4180, or raw little-endian \
      float32. Blank lines and lines that begin with # are skipped. A line with the wrong number of \
      fields, with a value that is no number, or with a value larger than the model allows is \
      malformed: it ends the run. With --on-error skip it is left out, and has no row and no \
      position. The header may be repeated, also with a byte order mark, as when files are joined: \
      a line that is the same is never a sample. A header of numbers needs --header. A different \
      header ends the run, since columns may have moved. --skip-before and --skip-after leave out \
      lines around the header, such as metadata and units; one of them that is a sample ends the \
      run.

      With --on-error hold a bad value (empty, no number, or too large) is replaced by the one of \
      the sample before, reported and counted. A line with the wrong number of fields still ends \
      the run, as do a bad time and a bad value before the first sample.

      With --gap and --on-repeat a row's time is compared with that of the last sample, also after \
      a resume. If they are further apart than --gap, forwards or back, it is a gap. Otherwise, if \
      the time isn't later, it is a repeat. So one wrong time in the future makes two gaps, there \
      and back, and the rows after it stay.

      A row has the time column and the columns of --keep unchanged, or without them the sample's \
      number from 0; then the outputs, in the shortest text that reads back to the same float32. A \
      row is written when its sample has arrived; while more input is ready, many at once.

      Several INPUTs are one stream, read one after the other, each to its end. When such a run \
      resumes, the file that was read last must be among them; those before it aren't read again. \
      With --input-is rest all of them may be new. With --stream-from-name each is a stream of its \
      own, with its own rows.

      With --by the rows of a file belong to many streams: the columns say to which. Rows are taken \
      in and written in the file's order, with these columns after the time. A stream's name is \
      what they have, joined by /, with a \\ before each / and \\ in a value. Blanks around a value \
      don't count, except in quotes; case does. A row without a name, with one that isn't UTF-8, or \
      with one of more than 255 bytes, is malformed. --gap, --on-repeat and --on-error hold compare \
      with the last sample of the row's stream; --every and --rate count all rows.

      With --window W the output of a sample is that of a fresh stream over the last W samples, as \
      of a model that was trained on windows. There is a row for sample W, and then for each H \
      samples of --hop: a row has the columns of its window's last sample. A gap with --on-gap reset \
      begins the windows anew. A state and a checkpoint belong to one W and one H.

      With --store the run continues at the last checkpoint of the run before, which may have been \
      killed: the input is read from there, and an --output FILE is cut back to there, so that it \
      has every row once. On standard output, the rows after the checkpoint are written again. \
      SIGINT and SIGTERM end a run after a sample, with a checkpoint. If standard output isn't read \
      any more, this checkpoint is after the last row that was written.

      With --follow the run continues when a log is rotated. When another file that isn't empty has \
      INPUT's path, the rest of the old file is read, and then the new file from its start. If the \
      old file has no number (INPUT.1) and the new one begins with everything that was read, the \
      new one is read from there. A file that is cut (copytruncate) is read from its start; what \
      was added just before the cut is read from its copy, if that is INPUT.1. Files that came and \
      went meanwhile, also before a resume, are found by their numbers: INPUT.1, INPUT.2 and so on. \
      When a resume doesn't find the file that was read, it ends with 65 and keeps the state: run \
      the old file to its end, under the name that it has now, then INPUT with --input-is rest. A \
      line without a line feed, where its file was cut or replaced, is malformed. A writer must \
      have closed the old file before it writes to the new one.

      Examples:
        leat run model.safetensors samples.csv --output outputs.csv
        leat run model.safetensors log.csv --time when --columns flow,heat \\
            --keep pump
        leat run model.safetensors sensors.csv --by sensor --output outputs.csv
        leat run model.safetensors day1.csv day2.csv --output outputs.csv
        leat run model.safetensors log.csv --separator ';' --decimal , \\
            --time Date,Time --time-format dmy --gap 10m --on-gap reset
        tail -n +1 -f log.csv | leat run model.safetensors
        leat run model.safetensors log.csv --follow --output outputs.csv \\
            --store state.db --stream pump-7
        leat run model.safetensors log.csv --output outputs.csv --plot log.html
        leat run model.safetensors log.csv --window 30 --output outputs.csv
        leat run model.safetensors samples.f32 --output outputs.f32
        leat run model.safetensors day2.csv --state day1.state \\
            --save-state day2.state
      """)

  @Argument(help: "A safetensors file.", completion: .file())
  var model: String

  @Argument(
    help: "The samples; several files are read one after the other. Standard input: -, or none.",
    completion: .file())
  var inputs: [String] = []

  // MARK: Input

  @Option(
    help: "The input's format: csv or f32. By default f32 for a file *.f32 or *.bin, else csv.")
  var format: RunOptions.Format?

  @OptionGroup var dialect: DialectArguments

  @Flag(
    inversion: .prefixedNo,
    help: "The first line has names. By default it has if none of its fields can be a value.")
  var header: Bool?

  @Option(
    help: """
      The columns of the model's inputs, in their order: names, in quotes if they have a comma \
      ('"Temp, C",hum'), or numbers from 1.
      """)
  var columns: NameList?

  @Option(
    help: """
      The column of times, or two of dates and of times of day: Date,Time. A Unix time's unit \
      depends on its magnitude: seconds below 1e11, milliseconds below 1e14, microseconds below \
      1e17, else nanoseconds. By default a column called time, _time, time_s, timestamp, datetime, \
      date or ts, if it isn't an input.
      """)
  var time: String?

  @Option(help: "More columns to copy to the output.")
  var keep: NameList?

  @Option(
    help: """
      The columns that say which stream a row belongs to. Each value is a stream with a state of its \
      own.
      """)
  var by: NameList?

  @Option(help: "The most streams with --by. By default \(StreamLimit.usual).")
  var maxStreams: Int?

  @Option(help: "What to do about a malformed line: stop, skip, or hold the value before.")
  var onError = RunOptions.OnError.stop

  @OptionGroup var rowTimes: RowTimeArguments

  @Flag(
    help: "At the end of a file wait for more, and continue with the file that replaces it.")
  var follow = false

  @Option(help: "Step at most this many samples a second, to replay a recording at its speed.")
  var rate: Double?

  // MARK: Output

  @Option(help: "The file for the rows, instead of standard output.", completion: .file())
  var output: String?

  @Option(
    help: "The output's format: csv or f32. By default f32 for a file *.f32 or *.bin, else csv.")
  var outputFormat: RunOptions.Format?

  @Option(help: "Names of the outputs, instead of out0, out1 and so on.")
  var outputNames: NameList?

  @Flag(help: "Write only the outputs: no header, and no other columns.")
  var bare = false

  @Flag(help: "Replace files that exist.")
  var force = false

  @Flag(help: "Report only errors and warnings, not where it began and what it did.")
  var quiet = false

  // MARK: State

  @OptionGroup var window: WindowArguments

  @Option(help: "A store for the stream; it is created if there is none.", completion: .file())
  var store: String?

  @Option(help: "The stream's name in the store.")
  var stream: String?

  @Flag(
    help: """
      Each INPUT is a stream of its own, with the file's name without its extension. --output names \
      a folder then, with a file NAME.csv or NAME.f32 for each.
      """)
  var streamFromName = false

  @Option(
    help: """
      Samples from one checkpoint to the next. By default there is one a second, or fewer with --by, \
      if they take long.
      """)
  var every: UInt64?

  @Option(
    help: """
      When a stream resumes: whether the input is the whole input again, which is skipped up to \
      the checkpoint, or the rest of it, which begins after the checkpoint. A pipe needs this \
      option; a file needs it only if it is another file than that of the checkpoint.
      """)
  var inputIs: RunOptions.InputPart?

  @Flag(help: "Start over, and replace what the store has of the stream.")
  var restart = false

  @Option(
    help: """
      A state to begin with, from --save-state. It has no last time and no last values, for --gap, \
      --on-repeat and --on-error hold: a --store has them.
      """, completion: .file())
  var state: String?

  @Option(
    help: "The file for the state at the end, without the last time and the last values.",
    completion: .file())
  var saveState: String?

  // MARK: Picture

  @Option(
    help: """
      At the end, draw inputs, outputs, checkpoints, kills and resumes into a file *.svg, *.png or \
      *.html. The samples of earlier runs are drawn too, if input and output are files. Times that \
      go back or repeat are counted on standard error; if there are many, the x axis has the \
      samples' numbers.
      """, completion: .file())
  var plot: String?

  @Option(help: "The picture's colours: auto (as the reader's system), light or dark.")
  var plotTheme = PlotFile.Theme.auto

  @Option(
    help: """
      What to draw as a score: the name of an output, or forecast. With forecast each output \
      predicts the next value of an input, normalised, and the score is the RMS of the errors.
      """)
  var score: String?

  @Option(help: "Names of the inputs and outputs to draw. By default all.")
  var draw: NameList?

  func run() throws {
    for input in inputs.dropFirst() where !FileSystem.isReadable(input) {
      throw ToolError.system(.noInput, input)
    }
    guard streamFromName else { return try run(inputs.isEmpty ? ["-"] : inputs) }
    for input in inputs { try run([input], named: NamedInput(input)) }
  }

  private func run(_ inputs: [String], named name: NamedInput? = nil) throws {
    let options = try options(inputs, name)
    let pictures = try options.plot.map { try [RunPlot($0, options)] } ?? []
    try Runner(options, observers: pictures).run()
  }

  /// - Parameter named: nil without --stream-from-name
  private func options(_ inputs: [String], _ named: NamedInput?) throws -> RunOptions {
    RunOptions(
      model: model, windows: window.windows, inputs: inputs,
      inputFormat: format ?? .init(path: inputs[0]),
      dialect: try dialect.dialect(),
      columns: ColumnChoice(
        inputs: columns?.names,
        time: time.map { .init($0, names: NameList(argument: $0)?.names ?? []) },
        carried: keep?.names ?? [], keys: by?.names ?? [], hasHeader: header,
        labels: .init(
          inputs: "--columns", time: "--time", carried: "--keep", keys: "--by",
          header: "--header", timeFormat: "--time-format", separator: "--separator",
          decimal: "--decimal",
          linesBefore: "--skip-before", linesAfter: "--skip-after")),
      mostStreams: by.map { _ in maxStreams ?? StreamLimit.usual }, onError: onError,
      gaps: rowTimes.gaps, onRepeat: rowTimes.onRepeat, follows: follow,
      rate: rate, output: named?.output(in: output, usedOutputFormat) ?? output,
      outputFormat: usedOutputFormat,
      outputNames: outputNames?.names, isBare: bare, replaces: force, isQuiet: quiet,
      store: store, stream: named?.stream ?? stream, isOneOfSeveral: named != nil, every: every,
      inputIs: inputIs, restarts: restart,
      state: state, savedState: saveState,
      plot: plot.map { .init(path: $0, theme: plotTheme, score: score, drawn: draw?.names) })
  }
}

extension RunOptions.Format: ExpressibleByArgument {}
extension RunOptions.OnError: ExpressibleByArgument {}
extension RunOptions.InputPart: ExpressibleByArgument {}
extension PlotFile.Theme: ExpressibleByArgument {}
