// SPDX-License-Identifier: MIT

import LeatModelFiles
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file of this header and this many bytes after it.
private func read(_ header: String, data count: Int, length: UInt64? = nil) throws
  -> SafetensorsFile
{
  let length = length ?? UInt64(header.utf8.count)
  let bytes =
    (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
    + [UInt8](repeating: 0, count: count)
  let path = FileManager.default.temporaryDirectory.path + "/leat-test-\(UUID().uuidString)"
  defer { try? FileManager.default.removeItem(atPath: path) }
  try Data(bytes).write(to: URL(fileURLWithPath: path))
  return try SafetensorsFile(path: path)
}

@Test func tensorsOfAnyFileAreRead() throws {
  let file = try read(
    #"{"input":{"dtype":"F64","shape":[2,1],"data_offsets":[0,16]}}"#, data: 16)
  #expect(file.tensors.map(\.name) == ["input"])
  #expect(file.tensors.map(\.shape) == [[2, 1]])
}

@Test(arguments: [
  #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
  #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
  #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
  #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#,
  #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#,
  #"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#,
  #"{"x":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#,
  #"{"x":{"dtype":"Q9","shape":[1],"data_offsets":[0,4]}}"#,
  #"{"x":3}"#, "{", "",
])
func headersThatDoNotFitTheirDataAreRefused(_ header: String) {
  #expect(throws: ModelFileError.self) { try read(header, data: 4) }
}

/// An unknown dtype has 0 bits for any lengths, whose product isn't a number.
@Test func lengthsOfAnUnknownDtypeAreRefused() {
  #expect(throws: ModelFileError.self) {
    try read(
      #"{"x":{"dtype":"Q9","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, data: 0)
  }
}

@Test(arguments: [0, 5, UInt64.max, 1 << 63]) func wrongLengthsAreRefused(_ length: UInt64) {
  #expect(throws: ModelFileError.self) { try read("{}", data: 1, length: length) }
}
