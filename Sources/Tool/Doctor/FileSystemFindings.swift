// SPDX-License-Identifier: MIT

/// Checks what the file system under a store promises.
enum FileSystemFindings {
  static func all(of mount: Mount) -> [Finding] {
    [type(of: mount)] + options(of: mount)
  }

  private static func type(of mount: Mount) -> Finding {
    let place = "\(mount.type) at \(mount.point)"
    let (level, text): (Finding.Level, String) =
      switch mount.type {
      case "ext4", "ext3", "xfs", "btrfs", "zfs", "f2fs", "jfs", "bcachefs", "ubifs", "nilfs2":
        (.ok, "data survives a crash and a power loss once fsync() has returned")
      case "ext2":
        (.warning, "no journal: after a crash it needs fsck, which may cut files")
      case "vfat", "exfat", "msdos", "ntfs", "ntfs3", "fuseblk":
        (.warning, "no journal that Linux writes, or no permissions: use ext4, xfs or btrfs")
      case "tmpfs", "ramfs", "rootfs":
        (.problem, "in memory: nothing survives a restart or a power loss")
      case "overlay", "aufs":
        (.warning, "a container's layer, deleted with the container: mount a volume for the store")
      case "squashfs", "erofs", "iso9660", "udf", "cramfs", "romfs":
        (.warning, "read-only: a store can only be read here")
      case "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre",
        "gfs2", "ocfs2", "virtiofs", "vboxsf", "sshfs", "davfs":
        (
          .problem,
          "shared by several machines: WAL's shared memory and locks don't reach the others, and a "
            + "store may be damaged; use a local disk"
        )
      case let type where type.hasPrefix("fuse."):
        (
          .problem,
          "a program's file system: its locks and fsync() are only as good as that program; use "
            + "a local disk"
        )
      default:
        (.warning, "not known to leat doctor: does data survive a crash once fsync() has returned?")
      }
    return Finding(level, "file system", "\(place): \(text)")
  }

  private static func options(of mount: Mount) -> [Finding] {
    let found = { (options: String...) in mount.options.first(where: options.contains) }
    return [
      found("nobarrier", "barrier=0").map {
        (
          Finding.Level.problem,
          "\($0): the disk's cache isn't flushed, and a power loss deletes acknowledged "
            + "checkpoints, unless the cache has a battery"
        )
      },
      found("data=writeback").map {
        (.warning, "\($0): after a crash a new file may have old blocks; checksums detect it")
      },
      found("ro").map { (.warning, "\($0): a store can only be read here") },
    ].compactMap { $0.map { Finding($0, "mount option", $1) } }
  }
}
