// SPDX-License-Identifier: MIT

internal import CLeat

/// A stream as bytes: its position, h and c, which model they belong to, and a checksum. The same
/// bytes on every machine.
public struct State: Hashable, Sendable {
  /// What `leat_stream_load()` takes.
  public let bytes: [UInt8]
  /// How many samples the stream had taken in.
  public let position: UInt64
  /// The fingerprint of its model.
  public let fingerprint: Fingerprint
  /// The number of recurrent layers in it.
  public let recurrentLayerCount: Int
  /// The version of its bytes.
  public let version: Int
  /// The windows of its stream; nil of a stream without windows.
  public let windows: Windows?

  /// Checks bytes that were kept, for which no model is needed.
  ///
  /// - Throws: `.corrupt` when they are no state, are cut short or have changed; `.newer`
  public init(bytes: [UInt8]) throws(LeatError) {
    var info = leat_state_info_t()
    try unsafe check { error in unsafe leat_state_info(bytes, bytes.count, &info, error) }
    self.init(bytes, info)
  }

  /// - Parameter bytes: what the library has just written of a stream
  init(_ bytes: [UInt8], of stream: borrowing ModelStream) {
    self.bytes = bytes
    position = stream.position
    fingerprint = stream.model.fingerprint
    recurrentLayerCount = stream.model.layers.count { $0.recurrentIndex != nil }
    windows = stream.windows
    version = windows == nil ? 1 : 2
  }

  init(_ bytes: [UInt8], _ info: leat_state_info_t) {
    self.bytes = bytes
    position = info.position
    fingerprint = unsafe withUnsafeBytes(of: info.fingerprint) { unsafe Fingerprint($0) }
    recurrentLayerCount = Int(info.recurrent_layers)
    version = Int(info.version)
    // On 32 bits no stream has windows that Int doesn't hold, but bytes can say so.
    windows =
      info.window == 0
      ? nil : Windows(length: Int(clamping: info.window), hop: Int(clamping: info.hop))
  }
}
