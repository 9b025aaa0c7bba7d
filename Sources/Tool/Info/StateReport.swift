// SPDX-License-Identifier: MIT

import Leat

/// What `leat info` reports of a state.
struct StateReport: FileReport {
  let kind = "state"
  let version, recurrentLayers: Int
  let position: UInt64
  let size: Int
  let fingerprint: String
  /// 0 of a stream without windows.
  let window, hop: Int

  init(path: String) throws { self.init(try State(bytes: InputFile.bytes(path))) }

  init(_ state: State) {
    version = state.version
    recurrentLayers = state.recurrentLayerCount
    position = state.position
    size = state.bytes.count
    fingerprint = "\(state.fingerprint)"
    (window, hop) = (state.windows?.length ?? 0, state.windows?.hop ?? 0)
  }

  var lines: [(String, String)] {
    [("position", "\(Figures.grouped(position)) samples taken in")]
      + (window > 0 ? [("window", "\(window) samples, hop \(hop)")] : [])
      + [
        ("layers", "\(recurrentLayers) recurrent"),
        ("size", "\(Figures.grouped(size)) bytes, state version \(version); its checksum holds"),
        ("fingerprint", "\(fingerprint), of its model"),
      ]
  }
}
