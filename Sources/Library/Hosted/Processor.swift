// SPDX-License-Identifier: MIT

// What the core can't ask the processor itself.

#if arch(arm)
  import CLinux
  import CProcessor

  @_cdecl("leathosted_has_fma") @implementation
  public func leathosted_has_fma() -> Int32 { leat_linux_has_fma() }
#elseif arch(arm64)
  import CLinux
  import CProcessor

  @_cdecl("leathosted_has_dot") @implementation
  public func leathosted_has_dot() -> Int32 { leat_linux_has_dot() }

  @_cdecl("leathosted_has_sha256") @implementation
  public func leathosted_has_sha256() -> Int32 { leat_linux_has_sha256() }
#endif
