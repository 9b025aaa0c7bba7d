// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Which of the formats that are JSON a file is in.
public enum JSONKind {
  /// RTNeural's: a list of layers.
  case layers
  case other

  private struct Layers: Decodable {
    struct Layer: Decodable {}
    var layers: [Layer]
  }

  public static func of(_ bytes: [UInt8]) -> JSONKind {
    (try? JSONDecoder().decode(Layers.self, from: Data(bytes))) == nil ? .other : .layers
  }
}
