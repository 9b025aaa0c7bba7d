// SPDX-License-Identifier: MIT

/// What the file system under a store promises.
enum FileSystemFindings {
  static func all(of mount: Mount) -> [Finding] {
    [type(of: mount)] + options(of: mount)
  }

  private static func type(of mount: Mount) -> Finding {
    let place = "\(mount.type) at \(mount.point)"
    let (level, text): (Finding.Level, String) =
      switch mount.type {
      case "ext4", "ext3", "xfs", "btrfs", "zfs", "f2fs", "jfs", "bcachefs", "ubifs", "nilfs2":
        (.ok, "what fsync() has returned for survives a crash and a loss of power")
      case "ext2":
        (.warning, "no journal: after a crash it needs fsck, which may cut files")
      case "vfat", "exfat", "msdos", "ntfs", "ntfs3", "fuseblk":
        (.warning, "no journal that Linux keeps, or no permissions: take ext4, xfs or btrfs")
      case "tmpfs", "ramfs", "rootfs":
        (.problem, "in memory: nothing survives a restart or a loss of power")
      case "overlay", "aufs":
        (.warning, "a container's layer, gone with the container: mount a volume for the store")
      case "squashfs", "erofs", "iso9660", "udf", "cramfs", "romfs":
        (.warning, "read-only: a store can only be looked at here")
      case "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre",
        "gfs2", "ocfs2", "virtiofs", "vboxsf", "sshfs", "davfs":
        (
          .problem,
          "shared by machines: WAL's shared memory and locks don't reach the others, and a store "
            + "may be torn; take a local disk"
        )
      case let type where type.hasPrefix("fuse."):
        (
          .problem,
          "a program's file system: its locks and fsync() are whatever that program does; take a "
            + "local disk"
        )
      default:
        (.warning, "not known to leat doctor: does it keep what fsync() has returned for?")
      }
    return Finding(level, "file system", "\(place): \(text)")
  }

  private static func options(of mount: Mount) -> [Finding] {
    var findings: [Finding] = []
    if let option = mount.options.first(where: { ["nobarrier", "barrier=0"].contains($0) }) {
      findings.append(
        Finding(
          .problem, "mount option",
          "\(option): the disk's cache isn't flushed, and a loss of power takes acknowledged "
            + "checkpoints with it, unless its cache has a battery"))
    }
    if mount.options.contains("data=writeback") {
      findings.append(
        Finding(
          .warning, "mount option",
          "data=writeback: a new file may show old blocks after a crash; checksums tell"))
    }
    if mount.options.contains("ro") {
      findings.append(
        Finding(.warning, "mount option", "ro: a store can only be looked at here"))
    }
    return findings
  }
}
