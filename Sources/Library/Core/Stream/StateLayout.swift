// SPDX-License-Identifier: MIT

/// The layout of a state's bytes. Documentation/Formats.md is the reference.
///
///     0  magic "LeatStat"     16  fingerprint, 32 bytes     56  sizes of h and c, 8 bytes a layer
///     8  version              48  position                   …  h and c, layer by layer
///     12 recurrent layers                                      …  CRC32C of all bytes before it
///
/// That is version 1. Version 2 is a windowed stream's: at 56 are its window, its hop and the samples
/// since its windows began; the sizes of h and c follow, and then h and c of each of its streams.
enum StateLayout {
  /// "LeatStat" as a little-endian number.
  static var magic: UInt64 { 0x7461_7453_7461_654c }
  static var fingerprint: Int { 16 }
  static var position: Int { 48 }
  static var sizes: Int { 56 }

  static var windowedVersion: UInt32 { 2 }
  static var window: Int { 56 }
  static var hop: Int { 60 }
  static var taken: Int { 64 }
  static var windowedSizes: Int { 72 }

  static func size(layers: Int, floats: Int) -> Int { sizes + 8 * layers + 4 * floats + 4 }
}
