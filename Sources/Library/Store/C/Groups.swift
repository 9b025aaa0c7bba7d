// SPDX-License-Identifier: MIT
//
// leat_store.h: Groups.

import CLeat
import CLeatStore
import LeatSupport

@_cdecl("leat_store_save_group") @implementation
public func leat_store_save_group(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!,
  _ members: UnsafePointer<UnsafePointer<CChar>?>!, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int, _ cursor: UnsafeRawPointer!, _ cursor_size: Int, _ flags: UInt32,
  _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    let name = try unsafe StreamName(name, explanation)
    let group = try unsafe MemberArrays(members, streams, count, explanation)
    try group.check(mayBeNull: true)
    let cursor = try unsafe cursorView(
      cursor, cursor_size, most: Int(LEAT_CURSOR_MAX), else: LEAT_E_ARGUMENT, explanation)
    try store.saveGroup(
      name, { (body) throws(Failure) in try group.forEach(body) }, count: count,
      cursor: cursor, flags: SaveFlags(flags, explanation),
      requireDistinct: { () throws(Failure) in try group.names.requireDistinct() })
    return LEAT_OK
  }
}

@_cdecl("leat_store_load_group") @implementation
public func leat_store_load_group(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!,
  _ members: UnsafePointer<UnsafePointer<CChar>?>!, _ streams: UnsafePointer<OpaquePointer?>!,
  _ count: Int, _ cursor: UnsafeMutableRawPointer!, _ cursor_capacity: Int,
  _ checkpoint: UnsafeMutablePointer<leat_checkpoint>!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    let name = try unsafe StreamName(name, explanation)
    let group = try unsafe MemberArrays(members, streams, count, explanation)
    try group.check(mayBeNull: false)
    let cursor = try unsafe bufferView(
      cursor, cursor_capacity, most: Int(LEAT_CURSOR_MAX), "cursor", explanation)
    if unsafe checkpoint != nil { try unsafe checkPointer(checkpoint, "checkpoint", explanation) }
    let loaded = try unsafe store.loadGroup(
      name, { (body) throws(Failure) in try group.forEach(body) }, count: count,
      cursor: cursor)
    return unsafe deliver(loaded, to: checkpoint)
  }
}

@_cdecl("leat_store_list_group") @implementation
public func leat_store_list_group(
  _ store: OpaquePointer!, _ name: UnsafePointer<CChar>!,
  _ visit: (
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<leat_store_entry>?) -> Int32
  )!,
  _ context: UnsafeMutableRawPointer!, _ error: UnsafeMutablePointer<leat_error>!
) -> Int32 {
  unsafe reportFailure(to: error) { (explanation) throws(Failure) in
    let store = try unsafe StoreHandle(store, explanation)
    let name = try unsafe StreamName(name, explanation)
    guard let visit = unsafe visit else {
      throw explanation.failure(LEAT_E_ARGUMENT, "visit is NULL")
    }
    let listed = try unsafe store.listGroup(name) { entry in unsafe visit(context, entry) == 0 }
    return deliver(listed, to: nil)
  }
}

/// The caller's array of members' names.
@safe struct MemberNames {
  private let names: UnsafePointer<UnsafePointer<CChar>?>
  let count: Int
  let explanation: Explanation

  init(
    _ members: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, _ explanation: Explanation
  ) throws(Failure) {
    try unsafe checkPointer(members, "members", explanation)
    guard let members = unsafe members, count > 0, count <= Int(LEAT_GROUP_MAX) else {
      throw explanation.failure(
        LEAT_E_ARGUMENT,
        "count: found \(UInt(bitPattern: count)), expected 1 to \(LEAT_GROUP_MAX)")
    }
    unsafe names = members
    self.count = count
    self.explanation = explanation
  }

  /// `index` is below `count`.
  func name(_ index: Int) throws(Failure) -> StreamName {
    do throws(Failure) {
      return try unsafe StreamName(names[index], explanation)
    } catch let failure {
      throw explanation.failure(failure.code, "members[\(index)]: \(explanation.message)")
    }
  }

  /// Checks all of them before anything is done.
  func check() throws(Failure) {
    for index in 0..<count { _ = try name(index) }
  }

  /// Throws if a name is there twice. Compares names with the same CRC, which a sort brings
  /// together.
  func requireDistinct() throws(Failure) {
    var tags = NumberSet()
    for index in 0..<count {
      try tags.add(
        UInt64(name(index).tag(CRC32C())) << 32 | UInt64(index), explanation)
    }
    tags.sort()
    for place in 0..<count {
      var other = place + 1
      while other < count && tags[other] >> 32 == tags[place] >> 32 {
        let (first, second) = (tags[place] & 0xffff_ffff, tags[other] & 0xffff_ffff)
        let name = try name(Int(first))
        if try name.bytes == self.name(Int(second)).bytes {
          throw explanation.failure(
            LEAT_E_ARGUMENT,
            "members[\(second)] is members[\(first)] again, \(name), expected each once")
        }
        other += 1
      }
    }
  }
}

/// The caller's arrays of members and their streams.
@safe private struct MemberArrays {
  let names: MemberNames
  private let streams: UnsafePointer<OpaquePointer?>

  init(
    _ members: UnsafePointer<UnsafePointer<CChar>?>?, _ streams: UnsafePointer<OpaquePointer?>?,
    _ count: Int, _ explanation: Explanation
  ) throws(Failure) {
    names = try unsafe MemberNames(members, count, explanation)
    try unsafe checkPointer(streams, "streams", explanation)
    guard let streams = unsafe streams else {
      throw explanation.failure(LEAT_E_ARGUMENT, "streams is NULL")
    }
    unsafe self.streams = streams
  }

  /// Checks all of them before anything is done.
  func check(mayBeNull: Bool) throws(Failure) {
    try forEach { (index, name, stream) throws(Failure) in
      if stream == nil && !mayBeNull {
        throw names.explanation.failure(LEAT_E_ARGUMENT, "streams[\(index)] is NULL: \(name)")
      }
    }
  }

  private func stream(_ index: Int) throws(Failure) -> CoreStream? {
    let stream = unsafe streams[index]
    if unsafe stream == nil { return nil }
    do throws(Failure) {
      return try unsafe CoreStream(stream, names.explanation)
    } catch let failure {
      throw names.explanation.failure(
        failure.code, "streams[\(index)]: \(names.explanation.message)")
    }
  }

  func forEach(_ body: (Int, StreamName, CoreStream?) throws(Failure) -> Void) throws(Failure) {
    for index in 0..<names.count {
      let name = try names.name(index)
      try body(index, name, stream(index))
    }
  }
}
