// SPDX-License-Identifier: MIT

import Leat

/// What `leat bench` measures: single steps on every kernel, and on the best one long sequences,
/// batches, and saving and loading. The time is divided among them.
struct BenchReport: Encodable {
  struct Kernel: Encodable {
    let name: String
    /// One sample a call.
    let step: Timing
    let stepsPerSecond: Double
  }

  struct Batch: Encodable {
    let streams: Int
    /// For one stream's step.
    let step: Timing
  }

  let macsPerStep, modelSize, streamSize, stateSize: UInt64
  /// The best first: new streams use it.
  let kernels: [Kernel]
  /// For one step of a long sequence. This and everything below is on the best kernel.
  let run: Timing
  let batches: [Batch]
  let save, load: Timing

  static let batchSizes = [1, 2, 4, 8, 16, 32, 64]

  /// - Parameters:
  ///   - seconds: about how long it takes
  ///   - progress: gets the numbers of measurements that are done, and of all
  init(of model: Model, seconds: Double, progress: (Int, Int) -> Void) throws {
    (macsPerStep, modelSize) = (model.multiplyAccumulatesPerStep, model.memorySize)
    (streamSize, stateSize) = (model.streamSize, model.stateSize)
    let streams = try BenchStreams(of: model)
    let names = ModelStream.availableKernels
    // Shares of the time: two for each kernel, two for sequences, one for each batch and for saving
    // and loading.
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
    // New streams have the best kernel.
    if let best = names.first { try streams.setKernel(best) }
    run = try Timing(seconds: 2 * piece, units: BenchStreams.rows) { try streams.run() }
    advance(2)
    batches = try BenchReport.batchSizes.map { count in
      defer { advance(1) }
      try streams.beginBatch(count)
      return Batch(
        streams: count, step: try Timing(seconds: piece, units: count) { try streams.batch() })
    }
    var state = streams.save()
    save = Timing(seconds: piece) { state = streams.save() }
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
      "These are times of this machine, now, with everything else that it does; medians vary by some "
        + "percent, p99 by more.")
  }

  private static func time(_ nanoseconds: Double) -> String {
    switch nanoseconds {
    case ..<1000: "\(Figures.decimal(nanoseconds, places: nanoseconds < 100 ? 1 : 0)) ns"
    case ..<1e6: "\(Figures.decimal(nanoseconds / 1000, places: 2)) µs"
    default: "\(Figures.decimal(nanoseconds / 1e6, places: 2)) ms"
    }
  }
}
