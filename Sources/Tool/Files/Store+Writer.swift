// SPDX-License-Identifier: MIT

import Leat

extension Store {
  /// The writer of a store, in words for the terminal.
  static func printableWriter(of path: String) -> String? {
    let database = StoreFiles(of: path).database
    // The "-lock" may be another name of the database, which must not be opened.
    if FileIdentity.isSame(database, database + "-lock") { return nil }
    // Any program may have written there.
    return writer(of: database).map(Text.printable)
  }
}
