// SPDX-License-Identifier: MIT

import LeatPlot
import LeatSamples

/// Everything that is drawn over one x axis.
struct PlotSheet {
  private var inputs: PlotTraces
  private var outputs: PlotTraces
  private var scores: Envelope
  private var events: PlotEvents
  /// Of the latest sample.
  private var x = -Double.infinity

  /// An empty one.
  init() {
    (inputs, outputs, scores) = (PlotTraces(), PlotTraces(), Envelope())
    events = PlotEvents(History(), position: 0)
  }

  /// - Parameter shown: names of the inputs and outputs that are drawn
  init(_ run: RunDescription, shown: [String]) {
    let capacity = Envelope.capacity(traces: shown.count)
    inputs = PlotTraces(of: run.inputNames, drawn: shown, capacity: capacity)
    outputs = PlotTraces(of: run.outputNames, drawn: shown, capacity: capacity)
    scores = Envelope(capacity: capacity)
    events = PlotEvents(run.history, position: run.position)
  }

  /// Adds a block's sample.
  ///
  /// - Parameters:
  ///   - score: nil when none is drawn
  ///   - position: in the stream
  ///   - x: not less than that of the sample before
  mutating func add(
    _ block: SampleBlock, row: Int, score: Float?, position: UInt64, at x: Double
  ) {
    self.x = x
    // Safe: the row is one of the block's.
    unsafe inputs.append(block.inputs + row * block.inputSize, at: x)
    if block.hasOutput(row) {
      unsafe outputs.append(block.outputs + row * block.outputSize, at: x)
    }
    if let score { scores.append(score, at: x) }
    events.addSample(position: position, x: x)
  }

  /// Adds a checkpoint after the latest sample.
  mutating func addCheckpoint() { events.addCheckpoint(x: x) }

  /// - Parameter score: the name of the score's trace; nil when none is drawn
  mutating func chart(
    _ title: String, subtitle: String, axis: Chart.Axis, score: String?
  ) -> Chart {
    events.end(x: x)
    var panels = [
      Chart.Panel("Inputs", traces: inputs.traces), Chart.Panel("Outputs", traces: outputs.traces),
    ].filter { !$0.traces.isEmpty }
    if let score { panels.append(Chart.Panel("Score", traces: [Chart.Trace(score, scores)])) }
    return Chart(
      title, subtitle: subtitle, axis: axis, panels: panels, checkpoints: events.checkpoints,
      marks: events.marks, replayed: events.replayed)
  }
}
