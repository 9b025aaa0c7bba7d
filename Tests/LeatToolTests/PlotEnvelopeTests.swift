// SPDX-License-Identifier: MIT

import Testing

@testable import LeatPlot

private func envelope(_ values: [Float], capacity: Int = 4096) -> Envelope {
  var envelope = Envelope(capacity: capacity)
  for (index, value) in values.enumerated() { envelope.append(value, at: Double(index)) }
  return envelope
}

@Test func oneSpikeInTenMillionSamplesKeepsItsValueAndPlace() {
  var envelope = Envelope(capacity: 512)
  var most = 0
  for index in 0..<10_000_000 {
    envelope.append(index == 7_654_321 ? 42.25 : Float(index % 3), at: Double(index))
    if index.isMultiple(of: 4099) { most = max(most, envelope.buckets.count) }
  }
  #expect(most <= 512 && envelope.buckets.capacity <= 1024)
  #expect(envelope.count == 10_000_000)
  let spikes = envelope.buckets.filter { $0.maximum == 42.25 }
  #expect(spikes.count == 1)
  #expect(spikes.first?.maximumAt == 7_654_321)
  #expect(spikes.first?.minimum == 0)
  #expect(envelope.buckets.filter { $0.maximum != 42.25 }.allSatisfy { $0.maximum == 2 })
}

@Test func bucketsCoverAllSamplesInOrder() {
  for count in [0, 1, 7, 8, 9, 16, 17, 1000] {
    let envelope = envelope((0..<count).map { Float($0) }, capacity: 8)
    #expect(envelope.buckets.count <= 8)
    #expect(envelope.buckets.reduce(0) { $0 + $1.count } == count)
    #expect(envelope.buckets.dropLast().allSatisfy { $0.count == envelope.length })
    var next = 0.0
    for bucket in envelope.buckets {
      #expect(bucket.first == next)
      #expect(Double(bucket.minimum) == bucket.first && Double(bucket.maximum) == bucket.last)
      #expect(bucket.minimumAt == bucket.first && bucket.maximumAt == bucket.last)
      next = bucket.last + 1
    }
    #expect(next == Double(count))
  }
}

@Test func gapsSurviveMerging() {
  var values = (0..<1000).map { Float($0) }
  values[500] = .nan
  for index in 700..<800 { values[index] = index.isMultiple(of: 2) ? .nan : .infinity }
  let envelope = envelope(values, capacity: 64)
  #expect(envelope.length == 16)
  #expect(envelope.buckets.reduce(0) { $0 + $1.missing } == 101)
  #expect(envelope.buckets[31].missing == 1 && envelope.buckets[31].count == 15)
  let empty = envelope.buckets.filter { $0.count == 0 }
  #expect(empty.count == 6)
  #expect(empty.allSatisfy { $0.minimum.isNaN && $0.maximum.isNaN && $0.missing == 16 })
}

@Test func aPlaceThatIsNoNumberIsAGap() {
  var envelope = Envelope()
  envelope.append(1, at: 10)
  envelope.append(2, at: .nan)
  envelope.append(3, at: 12)
  #expect(envelope.buckets.map(\.count) == [1, 0, 1])
  #expect(envelope.buckets.map(\.first) == [10, 10, 12])
}

@Test func checkpointsThinOutAndAreAllCounted() {
  var checkpoints = CheckpointMarks(capacity: 10)
  for index in 0..<1000 { checkpoints.append(Double(index)) }
  #expect(checkpoints.count == 1000)
  #expect(checkpoints.positions.count <= 10 && checkpoints.positions.count >= 5)
  #expect(checkpoints.stride == 128)
  #expect(checkpoints.positions == (0..<8).map { Double($0) * 128 })
}

@Test func aLineHasNoMoreThanTwoPointsForAColumn() {
  var envelope = Envelope()
  for index in 0..<4096 {
    envelope.append(index == 1111 ? 9 : Float(index % 2), at: Double(index))
  }
  let path = TracePath(
    envelope, x: Scale(domain: 0...4095, from: 0, to: 100),
    y: Scale(domain: 0...10, from: 100, to: 0), column: 1)
  let numbers = path.data.replacing("-", with: " -").split { " Ml".contains($0) }
  #expect(numbers.count <= 2 * 2 * 101)
  #expect(numbers.count >= 2 * 2 * 99)
  // The spike is drawn at its height: 90 of 100 pixels up, from 0.
  #expect(numbers.contains { $0.hasPrefix("-9") || $0.hasPrefix("-8") })
  #expect(path.points.isEmpty)
}

@Test func aLineIsInterruptedByGapsAndShowsSinglePoints() {
  let path = TracePath(
    envelope([1, 2, .nan, 3, .nan, 4, 5]), x: Scale(domain: 0...6, from: 0, to: 60),
    y: Scale(domain: 0...10, from: 100, to: 0), column: 1)
  #expect(path.data == "M0 90l10-10M30 70M50 60l10-10")
  #expect(path.points.map(\.x) == [30] && path.points.map(\.y) == [70])
}
