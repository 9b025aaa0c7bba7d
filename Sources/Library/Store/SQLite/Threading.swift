// SPDX-License-Identifier: MIT

import CLeat
import CSQLite
import LeatSupport

/// What a thread of Leat's own needs: an SQLite compiled without mutexes may be used by one thread
/// of the whole process only.
func requireThreadSafeSQLite() throws(Failure) {
  if sqlite3_threadsafe() == 0 {
    throw Failure(LEAT_E_UNSUPPORTED, "this SQLite was compiled for programs of one thread")
  }
}
