// SPDX-License-Identifier: MIT
//
// What a group's checkpoint has in place of a state: which checkpoint each member has. So a
// member's state is written only when it changes, and members are streams like others.
// Documentation/Formats.md describes the bytes. They begin as a state does:
//
//     0  magic "LeatGrup"     16  "Leat group", 32 bytes     56  members, 32 bytes each
//     8  version              48  position                    …  CRC32C of all bytes before it
//     12 number of members

import CLeatStore
import LeatSupport

/// What a group's checkpoint says of a member.
struct GroupMember {
  /// The id of its stream.
  let id: Int64
  /// Of its checkpoint.
  let generation: Int64
  let position: UInt64
  /// The checksum of its checkpoint's row, which includes the CRC of its state.
  let checksum: UInt32
  /// A CRC of its name.
  let tag: UInt32
}

/// The bytes of a manifest whose checksum and sizes hold.
struct GroupManifest {
  private let bytes: ByteView
  let count: Int
  let position: UInt64

  fileprivate static var magic: UInt64 { 0x7075_7247_7461_654c }
  fileprivate static var members: Int { 56 }
  fileprivate static var memberSize: Int { 32 }

  static func size(_ count: Int) -> Int { members + memberSize * count + 4 }

  /// How many members a manifest of so many bytes has.
  static func count(inBytes size: Int64) -> UInt32 {
    UInt32(clamping: max(0, size - Int64(GroupManifest.size(0))) / Int64(memberSize))
  }

  /// nil when the bytes are no manifest as it was written.
  init?(_ bytes: ByteView, _ emptyCRC: CRC32C) {
    guard bytes.count >= GroupManifest.size(1),
      bytes.littleEndian(at: 0, as: UInt64.self) == GroupManifest.magic,
      bytes.littleEndian(at: 8, as: UInt32.self) == 1
    else { return nil }
    count = Int(clamping: bytes.littleEndian(at: 12, as: UInt32.self))
    position = bytes.littleEndian(at: 48, as: UInt64.self)
    guard count <= Int(LEAT_GROUP_MAX), bytes.count == GroupManifest.size(count),
      Fingerprint(bytes.slice(16, 48)) == .group, position <= UInt64(Int64.max)
    else { return nil }
    var crc = emptyCRC
    unsafe bytes.slice(0, bytes.count - 4).withBytes { unsafe crc.update($0) }
    guard bytes.littleEndian(at: bytes.count - 4, as: UInt32.self) == crc.value else { return nil }
    self.bytes = bytes
  }

  subscript(index: Int) -> GroupMember {
    let offset = GroupManifest.members + GroupManifest.memberSize * index
    return GroupMember(
      id: bytes.littleEndian(at: offset, as: Int64.self),
      generation: bytes.littleEndian(at: offset + 8, as: Int64.self),
      position: bytes.littleEndian(at: offset + 16, as: UInt64.self),
      checksum: bytes.littleEndian(at: offset + 24, as: UInt32.self),
      tag: bytes.littleEndian(at: offset + 28, as: UInt32.self))
  }

  fileprivate func copy(to memory: UnsafeMutableRawPointer) {
    unsafe bytes.withBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe memory.copyMemory(from: start, byteCount: bytes.count)
    }
  }
}

/// Memory for a manifest of at most `capacity` members, which is read or being written.
@safe struct GroupBuffer {
  private let base: UnsafeMutableRawPointer
  let capacity: Int
  private let emptyCRC: CRC32C

  /// `base` has `GroupManifest.size(capacity)` bytes.
  init(_ base: UnsafeMutableRawPointer, capacity: Int, _ emptyCRC: CRC32C) {
    unsafe self.base = base
    self.capacity = capacity
    self.emptyCRC = emptyCRC
  }

  /// Copies a manifest of at most `capacity` members here, and returns the copy.
  func keep(_ manifest: GroupManifest) -> GroupManifest? {
    guard manifest.count <= capacity else { return nil }
    unsafe manifest.copy(to: base)
    return unsafe GroupManifest(
      ByteView(base, count: GroupManifest.size(manifest.count)), emptyCRC)
  }

  /// Writes a member in its place, `index` below `capacity`.
  func set(_ index: Int, _ member: GroupMember) {
    assert(index >= 0 && index < capacity)
    // Safe: the index is within the capacity.
    var writer = unsafe ByteWriter(
      base + GroupManifest.members + GroupManifest.memberSize * index,
      capacity: GroupManifest.memberSize)
    writer.write(member.id)
    writer.write(member.generation)
    writer.write(member.position)
    writer.write(member.checksum)
    writer.write(member.tag)
  }

  /// Completes the manifest of the first `count` members, all of which are set.
  func finish(_ count: Int, position: UInt64) -> ByteView {
    assert(count <= capacity)
    var header = unsafe ByteWriter(base, capacity: GroupManifest.members)
    header.write(GroupManifest.magic)
    header.write(UInt32(1))
    header.write(UInt32(count))
    Fingerprint.group.write(to: &header)
    header.write(position)
    let size = GroupManifest.size(count)
    var crc = emptyCRC
    unsafe crc.update(UnsafeRawBufferPointer(start: base, count: size - 4))
    var end = unsafe ByteWriter(base + size - 4, capacity: 4)
    end.write(crc.value)
    return unsafe ByteView(base, count: size)
  }
}
