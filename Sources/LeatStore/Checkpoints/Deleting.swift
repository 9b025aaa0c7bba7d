// SPDX-License-Identifier: MIT

import CLeat
import LeatBytes

extension StoreHandle {
  /// Deletes a stream with all its checkpoints.
  func delete(_ name: StreamName) throws(Failure) {
    try requireWritable()
    try inWriteTransaction { () throws(Failure) in
      try requireEpoch()
      guard let row = try find(name) else {
        throw Failure(LEAT_E_NOT_FOUND, "no stream \(name) in \(connection)")
      }
      for slot in 0..<Int64(64) { try deleteCheckpoint(row.id, slot: slot) }
      let delete = try statement(.deleteStream)
      try delete.bind(1, row.id)
      _ = try delete.step()
    }
  }
}
