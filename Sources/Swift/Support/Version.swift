// SPDX-License-Identifier: MIT

internal import CLeatStore

/// The versions of the library and of the bytes that it writes.
public enum Version {
  /// "0.1.0"
  public static var library: String {
    let version = leat_version()
    return "\(version / 10_000).\(version / 100 % 100).\(version % 100)"
  }

  /// Of a state's bytes.
  public static let state = Int(LEAT_STATE_VERSION)
  /// Of a store's tables.
  public static let store = Int(LEAT_STORE_VERSION)
}
