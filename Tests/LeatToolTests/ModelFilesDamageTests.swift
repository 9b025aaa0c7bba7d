// SPDX-License-Identifier: MIT

import LeatModelFiles
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Convert")

private func files(
  _ folder: String, _ suffix: String, butNot part: String? = nil
) throws -> [Data] {
  let path = fixtures.appendingPathComponent(folder).path
  return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    .filter { name in name.hasSuffix(suffix) && !(part.map { name.contains($0) } ?? false) }
    .map { try Data(contentsOf: URL(fileURLWithPath: path + "/" + $0)) }
}

/// A file with a few bytes changed, removed or doubled.
private func damaged(_ original: Data, _ numbers: inout SplitMix) -> Data {
  var bytes = [UInt8](original)
  for _ in 0..<Int.random(in: 1...4, using: &numbers) where !bytes.isEmpty {
    let place = Int.random(in: 0..<bytes.count, using: &numbers)
    switch Int.random(in: 0..<5, using: &numbers) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
    case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &numbers)!
    case 2: bytes.removeSubrange(place..<min(bytes.count, place + 5))
    case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 9)], at: place)
    default: if numbers.next() % 8 == 0 { bytes.removeSubrange(place...) } else { bytes[place] = 9 }
    }
  }
  return Data(bytes)
}

/// Converts damaged files: each becomes a model or is refused with a message, without a trap.
private func convertsOrRefuses(
  _ originals: [Data], times: Int, seed: UInt64, _ convert: (Data) throws -> Conversion
) throws {
  var numbers = SplitMix(state: seed)
  var (converted, refused) = (0, 0)
  for original in originals {
    for _ in 0..<times {
      do {
        let tensors = try convert(damaged(original, &numbers)).tensors
        #expect(tensors.allSatisfy { $0.data.count == 4 * $0.count })
        converted += 1
      } catch let error as ModelFileError {
        #expect(!error.description.isEmpty)
        refused += 1
      }
    }
  }
  // Otherwise the damage tests nothing.
  #expect(converted > 0 && refused > 0)
}

@Test func damagedONNXIsRefusedOrConverted() throws {
  let originals = try files("onnx", ".onnx") + files("by-hand", ".onnx")
  #expect(originals.count > 50)
  try convertsOrRefuses(originals, times: 60, seed: 1) { try ONNXFile.convert($0) }
}

@Test func damagedRefusalsAreRefusedOrConverted() throws {
  // Files that are huge by design take long when damage makes them acceptable.
  try convertsOrRefuses(files("refused", ".onnx", butNot: "huge"), times: 60, seed: 2) {
    try ONNXFile.convert($0)
  }
}

@Test func damagedJSONIsRefusedOrConverted() throws {
  try convertsOrRefuses(files("json", "rtneural.json"), times: 100, seed: 3) {
    try RTNeuralFile.convert($0)
  }
  try convertsOrRefuses(files("json", "state-dict.json"), times: 100, seed: 4) {
    try StateDictFile.convert($0, layers: "rec lin")
  }
  for name in ["rtneural-prelu", "rtneural-batchnorm", "rtneural-gru", "aidax-all"] {
    try convertsOrRefuses(files("json", "\(name).json"), times: 100, seed: 6) {
      try RTNeuralFile.convert($0)
    }
  }
  try convertsOrRefuses(files("json", "amp-gru-knobs.json"), times: 100, seed: 7) {
    try StateDictFile.convert($0, layers: nil)
  }
  try convertsOrRefuses(files("json", "amp.nam"), times: 200, seed: 5) { try NAMFile.convert($0) }
}
