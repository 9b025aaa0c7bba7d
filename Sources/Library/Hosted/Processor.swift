// SPDX-License-Identifier: MIT

#if arch(arm)
  import CLinux
  import CProcessor

  // What the core can't ask the processor itself.

  @_cdecl("leathosted_has_fma") @implementation
  public func leathosted_has_fma() -> Int32 { leat_linux_has_fma() }
#endif
