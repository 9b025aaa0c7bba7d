// SPDX-License-Identifier: MIT

import CStoreFiles
import LeatSupport

extension CRC32C {
  /// Whether the processor has an instruction for CRC32C, as the processor or the system says.
  static var systemHasInstruction: Bool { hasInstruction || leat_linux_has_crc32c() != 0 }
}
