// SPDX-License-Identifier: MIT
//
// The container of a model: safetensors. A file is
//
//     8 bytes: the header's length | the header, a JSON object | the data of the tensors
//
// The header gives each tensor's dtype, shape and place in the data, and metadata in
// `__metadata__`. All of it is untrusted and checked once, here. `JSONReader` reads the header
// without allocating; `TensorName` says what a tensor is to PyTorch; `WeightReader` reads its
// elements.

import CLeat
import LeatSupport

/// A safetensors file in memory, its header read and checked.
///
/// It makes every check of the official reader (safetensors 0.8.0, tensor.rs) and four more: the
/// header begins with `{`, no key occurs twice once escapes are resolved, no name contains a NUL,
/// and there are no more tensors than a model can have.
struct Safetensors: ~Copyable {
  /// Of the call that reads the file.
  let explanation: Explanation
  private var header: ByteView
  private var data: ByteView
  var tensors: Table<Tensor>
  /// The keys of `__metadata__`, to find duplicates.
  private var metadataKeys: Table<KeyPlace>
  /// Where the object of `__metadata__` begins in the header; nil without one.
  private var metadataStart: Int?

  /// As many as a model can use and a few more.
  static var mostTensors: Int { 256 }
  static var mostMetadataKeys: Int { 1024 }

  static var longestHeader: UInt64 { 100_000_000 }

  init(_ workspace: inout Workspace, _ explanation: Explanation) {
    self.explanation = explanation
    tensors = Table(&workspace, capacity: Safetensors.mostTensors)
    metadataKeys = Table(&workspace, capacity: Safetensors.mostMetadataKeys)
    header = .empty
    data = .empty
  }

  mutating func readFile(_ file: ByteView) throws(Failure) {
    guard file.count >= 8 else {
      throw explanation.failure(
        LEAT_E_FORMAT, "file of \(file.count) bytes, expected at least 8 for the header's length")
    }
    let length = file.littleEndian(at: 0, as: UInt64.self)
    guard length <= Safetensors.longestHeader else {
      throw explanation.failure(
        LEAT_E_FORMAT,
        "header of \(length) bytes, expected at most \(Safetensors.longestHeader); is it safetensors?"
      )
    }
    guard length <= UInt64(file.count - 8) else {
      throw explanation.failure(
        LEAT_E_FORMAT,
        "file of \(file.count) bytes, expected at least \(length + 8), the header's: is it cut short?"
      )
    }
    header = file.slice(8, 8 + Int(length))
    data = file.slice(8 + Int(length), file.count)
    guard header.isUTF8 else { throw explanation.failure(LEAT_E_FORMAT, "the header is not UTF-8") }
    try readHeader()
    try checkData()
  }

  func name(of tensor: Tensor) -> JSONString {
    JSONString(bytes: header, start: Int(tensor.nameStart), end: Int(tensor.nameEnd))
  }

  func bytes(of tensor: Tensor) -> ByteView { data.slice(Int(tensor.begin), Int(tensor.end)) }

  // MARK: Header

  private mutating func readHeader() throws(Failure) {
    guard header.count > 0, header.byte(at: 0) == UInt8(ascii: "{") else {
      throw explanation.failure(LEAT_E_FORMAT, "header byte 0: expected '{'; is it safetensors?")
    }
    var json = JSONReader(header, explanation)
    try json.expect(UInt8(ascii: "{"), "'{'")
    var sawMetadata = false
    if !json.take(UInt8(ascii: "}")) {
      repeat {
        let name = try json.string()
        try json.expect(UInt8(ascii: ":"), "':'")
        if name == "__metadata__" {
          if sawMetadata { throw duplicate(name) }
          sawMetadata = true
          if try !json.takeNull() {
            metadataStart = json.position
            try checkMetadata(&json)
          }
        } else {
          try readTensor(name, &json)
        }
      } while json.take(UInt8(ascii: ","))
      try json.expect(UInt8(ascii: "}"), "',' or '}'")
    }
    try json.expectEnd()
  }

  private func duplicate(_ key: JSONString) -> Failure {
    explanation.failure(LEAT_E_FORMAT, "found the key '\(key)' twice in the header, expected once")
  }

  private mutating func readTensor(
    _ name: JSONString, _ json: inout JSONReader
  ) throws(Failure) {
    guard name.isShort else {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED,
        "tensor '\(name)': its name is too long, expected at most \(Text.capacity) bytes")
    }
    guard !name.hasNUL else {
      throw explanation.failure(
        LEAT_E_FORMAT, "found a NUL in the name of tensor '\(name)', expected none")
    }
    for index in 0..<tensors.count where self.name(of: tensors[index]) == name {
      throw duplicate(name)
    }
    var tensor = Tensor()
    tensor.nameStart = UInt32(name.start)
    tensor.nameEnd = UInt32(name.end)
    var entry = TensorEntryReader(name: name, explanation)
    try entry.readFields(&json, into: &tensor)
    guard tensors.append(tensor) else {
      throw explanation.failure(
        LEAT_E_UNSUPPORTED,
        "tensor '\(name)': found more tensors, expected at most \(Safetensors.mostTensors)")
    }
  }

  // MARK: Data

  /// The tensors fill the data section from its first byte to its last, without holes or overlaps.
  private func checkData() throws(Failure) {
    var isPlaced = InlineArray<256, Bool>(repeating: false)
    var offset: UInt64 = 0
    for _ in 0..<tensors.count {
      // The official reader sorts by (begin, end); taking the least each time is the same.
      var least = -1
      for index in 0..<tensors.count where !isPlaced[index] {
        if least < 0
          || (tensors[index].begin, tensors[index].end) < (tensors[least].begin, tensors[least].end)
        {
          least = index
        }
      }
      isPlaced[least] = true
      let tensor = tensors[least]
      guard tensor.begin == offset, tensor.end >= offset else {
        throw explanation.failure(
          LEAT_E_FORMAT,
          "tensor '\(name(of: tensor))': data_offsets [\(tensor.begin), \(tensor.end)], expected them to begin at \(offset)"
        )
      }
      offset = tensor.end
    }
    guard offset == UInt64(data.count) else {
      throw explanation.failure(
        LEAT_E_FORMAT, "\(data.count) bytes of data, expected \(offset), where the last tensor ends"
      )
    }
  }

  // MARK: Metadata

  private mutating func checkMetadata(_ json: inout JSONReader) throws(Failure) {
    try json.expect(UInt8(ascii: "{"), "'{' or null for __metadata__")
    guard !json.take(UInt8(ascii: "}")) else { return }
    repeat {
      let key = try json.string()
      guard key.isShort else {
        throw explanation.failure(
          LEAT_E_UNSUPPORTED,
          "metadata '\(key)': its key is too long, expected at most \(Text.capacity) bytes")
      }
      for index in 0..<metadataKeys.count where self.key(index) == key { throw duplicate(key) }
      let place = KeyPlace(start: UInt32(key.start), end: UInt32(key.end))
      guard metadataKeys.append(place) else {
        throw explanation.failure(
          LEAT_E_UNSUPPORTED,
          "__metadata__: found more keys, expected at most \(metadataKeys.capacity)")
      }
      try json.expect(UInt8(ascii: ":"), "':'")
      _ = try json.string()
    } while json.take(UInt8(ascii: ","))
    try json.expect(UInt8(ascii: "}"), "',' or '}'")
  }

  private func key(_ index: Int) -> JSONString {
    let place = metadataKeys[index]
    return JSONString(bytes: header, start: Int(place.start), end: Int(place.end))
  }

  /// The entries of `__metadata__`, none when there is none.
  var metadata: MetadataReader {
    guard let start = metadataStart else { return MetadataReader() }
    return MetadataReader(header, from: start, explanation)
  }
}

/// The place of a key in the header, without its quotes.
private struct KeyPlace: BitwiseCopyable {
  let start: UInt32
  let end: UInt32
}
