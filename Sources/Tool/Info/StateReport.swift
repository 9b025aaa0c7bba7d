// SPDX-License-Identifier: MIT

struct StateReport: FileReport {
  let kind = "state"
  let version, recurrentLayers: UInt32
  let position: UInt64
  let size: Int
  let fingerprint: String

  init(path: String) throws { self.init(try State(InputFile.bytes(path))) }

  init(_ state: State) {
    version = state.info.version
    recurrentLayers = state.info.recurrent_layers
    position = state.info.position
    size = state.bytes.count
    fingerprint = state.fingerprint
  }

  var lines: [(String, String)] {
    [
      ("position", "\(Figures.grouped(position)) samples taken in"),
      ("layers", "\(recurrentLayers) recurrent"),
      ("size", "\(Figures.grouped(size)) bytes, state version \(version); its checksum holds"),
      ("fingerprint", "\(fingerprint), of its model"),
    ]
  }
}
