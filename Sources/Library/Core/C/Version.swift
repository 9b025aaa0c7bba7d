// SPDX-License-Identifier: MIT
//
// The exported functions, a file or two for each section of leat.h. They check arguments, make
// handles and call the other folders. The headers document them.

import CLeat

@_cdecl("leat_version") @implementation
public func leat_version() -> UInt32 {
  UInt32(LEAT_VERSION_MAJOR * 10000 + LEAT_VERSION_MINOR * 100 + LEAT_VERSION_PATCH)
}
