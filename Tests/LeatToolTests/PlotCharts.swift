// SPDX-License-Identifier: MIT

import LeatPlot

/// The charts that are tested, here and in the browser.
enum PlotCharts {
  /// A name that would be a script or markup if it weren't escaped.
  static let hostile =
    "</script><script>hacked=1</script>\"'><img src=x onerror=hacked=2>&amp;\u{1}"

  /// 200,000 samples of two inputs, one with a spike and one with a gap; a score with a threshold;
  /// and events.
  static func samples() -> Chart {
    var wave = Envelope(), gap = Envelope(), score = Envelope(), checkpoints = CheckpointMarks()
    for index in 0..<200_000 {
      let saw = Float(index % 2000) / 1000 - 1
      wave.append(index == 123_456 ? 7.875 : saw, at: Double(index))
      gap.append(60_000..<80_000 ~= index ? .nan : saw / 2 + 2, at: Double(index))
      score.append(saw * saw, at: Double(index))
      if index.isMultiple(of: 5000) { checkpoints.append(Double(index)) }
    }
    return Chart(
      "Samples of a stream", subtitle: "with one spike", axis: .samples,
      panels: [
        .init("Inputs", unit: "V", traces: [.init("wave", wave), .init("gap", gap)]),
        .init("Score", traces: [.init("score", score)], threshold: .init(0.8)),
      ],
      checkpoints: checkpoints,
      marks: [
        .init(.kill, at: 43_210, note: "no power"), .init(.resume, at: 40_000),
        .init(.kill, at: 150_100), .init(.resume, at: 150_000),
      ],
      replayed: [40_000...43_210, 150_000...150_100])
  }

  /// Three days of seven inputs that differ a thousandfold, every half minute.
  static func time() -> Chart {
    var inputs = (0..<7).map { _ in Envelope() }
    for index in 0..<8640 {
      for (input, scale) in [1e-4, 0.5, 1, 20, 3e3, 5e5, 2e7].enumerated() {
        let step = Double(index % (100 + 40 * input)) / 100
        inputs[input].append(Float(step * scale), at: 1_386_018_900 + 30 * Double(index))
      }
    }
    return Chart(
      "Three days", axis: .time,
      panels: [
        .init("Inputs", traces: inputs.enumerated().map { .init("input \($0)", $1) }),
        .init("Output", unit: "°C", traces: [.init("größe", inputs[2])]),
      ])
  }

  /// More traces than there is room for lanes, over the seconds of a recording.
  static func many() -> Chart {
    let traces = (0..<60).map { index in
      var envelope = Envelope()
      for place in 0..<300 {
        envelope.append(Float((place + index) % 40) - 20, at: Double(place) / 10)
      }
      return Chart.Trace("input \(index)", envelope)
    }
    return Chart(
      "Many inputs", subtitle: "of one size", axis: .seconds,
      panels: [.init("Inputs", unit: "m/s", traces: traces, threshold: .init(12))],
      marks: [.init(.kill, at: 12), .init(.resume, at: 11)], replayed: [11...12])
  }

  /// Two samples so many seconds apart, and values of that size.
  static func span(_ seconds: Double) -> Chart {
    var envelope = Envelope()
    envelope.append(0, at: 1_386_018_900)
    envelope.append(Float(seconds), at: 1_386_018_900 + seconds)
    let panel = Chart.Panel("Input", traces: [.init("length", envelope)])
    return Chart("\(seconds) s", axis: .time, panels: [panel])
  }

  static func named(_ name: String) -> Chart {
    var envelope = Envelope()
    for index in 0..<100 { envelope.append(Float(index % 10), at: Double(index)) }
    return Chart(
      name, subtitle: name, axis: .samples,
      panels: [
        .init(name, unit: name, traces: [.init(name, envelope)], threshold: .init(3, name: name))
      ], marks: [.init(.kill, at: 50, note: name)])
  }

  /// One trace in each panel.
  static func traces(_ values: [Float]...) -> Chart {
    Chart(
      "values", axis: .samples,
      panels: values.enumerated().map { index, values in
        var envelope = Envelope()
        for (place, value) in values.enumerated() { envelope.append(value, at: Double(place)) }
        return .init("panel \(index)", traces: [.init("trace \(index)", envelope)])
      })
  }
}
