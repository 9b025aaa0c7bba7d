// SPDX-License-Identifier: MIT

struct StateReport: FileReport {
  let kind = "state"
  let version, lstmLayers: UInt32
  let position: UInt64
  let size: Int
  let fingerprint: String

  init(path: String) throws { self.init(try State(InputFile.bytes(path))) }

  init(_ state: State) {
    version = state.info.version
    lstmLayers = state.info.lstm_layers
    position = state.info.position
    size = state.bytes.count
    fingerprint = state.fingerprint
  }

  var lines: [(String, String)] {
    [
      ("position", "\(Figures.grouped(position)) samples taken in"),
      ("LSTM layers", "\(lstmLayers)"),
      ("size", "\(Figures.grouped(size)) bytes, state version \(version); its checksum holds"),
      ("fingerprint", "\(fingerprint), of its model"),
    ]
  }
}
