// SPDX-License-Identifier: MIT

/// What `leat bench` measured.
struct BenchReport: Encodable {
  struct Kernel: Encodable {
    let name: String
    /// One sample a call.
    let step: Timing
    let stepsPerSecond: Double
  }

  struct Batch: Encodable {
    let streams: Int
    /// Of one stream's step.
    let step: Timing
  }

  let macsPerStep, modelSize, streamSize, stateSize: UInt64
  /// The best first, which is the one that streams are made with.
  let kernels: [Kernel]
  /// On the best kernel, as all below: a step of a long call.
  let run: Timing
  let batches: [Batch]
  let save, load: Timing

  static let batchSizes = [1, 2, 4, 8, 16, 32, 64]

  /// - Parameters:
  ///   - seconds: how long it may take, more or less
  ///   - progress: gets how many measurements are done, of how many
  init(of model: Model, seconds: Double, progress: (Int, Int) -> Void) throws {
    let info = model.info
    (macsPerStep, modelSize) = (info.macs_per_step, info.model_size)
    (streamSize, stateSize) = (info.stream_size, info.state_size)
    let streams = try BenchStreams(of: model, count: BenchReport.batchSizes.max() ?? 1)
    let names = Model.kernels
    // Single steps get half of the time, whole sequences and batches the rest.
    let pieces = 2 * names.count + 2 + BenchReport.batchSizes.count + 2
    let piece = seconds / Double(pieces)
    var done = 0
    func advance(_ count: Int) {
      done += count
      progress(done, pieces)
    }
    kernels = try names.map { name in
      try streams.setKernel(name)
      let step = try Timing(seconds: piece) { try streams.step() }
      let many = try Timing(seconds: piece, units: 16) { for _ in 0..<16 { try streams.step() } }
      advance(2)
      return Kernel(name: name, step: step, stepsPerSecond: many.perSecond)
    }
    if let best = names.first { try streams.setKernel(best) }
    run = try Timing(seconds: 2 * piece, units: BenchStreams.rows) { try streams.run() }
    advance(2)
    batches = try BenchReport.batchSizes.map { count in
      defer { advance(1) }
      return Batch(
        streams: count,
        step: try Timing(seconds: piece, units: count) { try streams.batch(count) })
    }
    var state: [UInt8] = []
    save = try Timing(seconds: piece) { state = try streams.save() }
    load = try Timing(seconds: piece) { try streams.load(state) }
  }

  func print() throws {
    var table = Table([
      ("kernel", .left), ("step, median", .right), ("p99", .right), ("steps/s", .right),
      ("GMAC/s", .right),
    ])
    for kernel in kernels {
      table.add(
        kernel.name, BenchReport.time(kernel.step.medianNs), BenchReport.time(kernel.step.p99Ns),
        Figures.grouped(UInt64(kernel.stepsPerSecond)),
        Figures.decimal(kernel.stepsPerSecond * Double(macsPerStep) / 1e9, places: 2))
    }
    try table.print()
    let best = kernels.first?.name ?? ""
    try Output.print("")
    var batch = Table([
      ("on \(best)", .left), ("a stream's step", .right), ("steps/s", .right),
    ])
    batch.add(
      "leat_stream_run, \(BenchStreams.rows) steps", BenchReport.time(run.medianNs),
      Figures.grouped(UInt64(run.perSecond)))
    for each in batches {
      batch.add(
        "leat_batch_step, \(each.streams) streams", BenchReport.time(each.step.medianNs),
        Figures.grouped(UInt64(each.step.perSecond)))
    }
    try batch.print()
    try Output.print("")
    try Output.print(
      "state   \(stateSize) bytes: saved in \(BenchReport.time(save.medianNs)), loaded in "
        + BenchReport.time(load.medianNs))
    try Output.print(
      "memory  \(Figures.bytes(modelSize)) for the model, \(Figures.bytes(streamSize)) for a stream"
    )
    try Output.print(
      "This is this machine, now, with whatever else it does; medians vary by some percent, p99 by "
        + "more.")
  }

  private static func time(_ nanoseconds: Double) -> String {
    switch nanoseconds {
    case ..<1000: "\(Figures.decimal(nanoseconds, places: nanoseconds < 100 ? 1 : 0)) ns"
    case ..<1e6: "\(Figures.decimal(nanoseconds / 1000, places: 2)) µs"
    default: "\(Figures.decimal(nanoseconds / 1e6, places: 2)) ms"
    }
  }
}
