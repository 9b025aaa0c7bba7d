// SPDX-License-Identifier: MIT

// Not Foundation: its tables of all languages would make the tool four times as large.
import FoundationEssentials

/// A safetensors file in memory: the length of the header (u64, little-endian), the header in JSON,
/// then the data of all tensors.
///
/// The library has a reader of its own, which needs no allocation and no Foundation. This one may
/// be simple: the library has accepted a file before, or accepts the result afterwards. Headers
/// that only the library reads are refused here.
public struct SafetensorsFile {
  /// In the order of their data.
  public var tensors: [Tensor] = []
  public var metadata: [String: String]?
  /// Bytes of the file that was read; 0 of a new one.
  public private(set) var size = 0

  public init(tensors: [Tensor], metadata: [String: String]?) {
    (self.tensors, self.metadata) = (tensors, metadata)
  }

  public init(path: String) throws {
    let file = try Data(contentsOf: URL(fileURLWithPath: path))
    do { try self.init(file) } catch let error as ModelFileError {
      throw ModelFileError("\(path): \(error.description)")
    }
  }

  public init(_ file: Data) throws {
    size = file.count
    guard file.count >= 8 else {
      throw ModelFileError("found \(file.count) bytes, expected at least 8")
    }
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(file.count - 8) else {
      throw ModelFileError(
        "found a header of \(length) bytes in a file of \(file.count); it isn't "
          + "safetensors"
      )
    }
    let body = 8 + Int(length)
    // The library reads some forms of a header that no known writer writes. Names that are equal in
    // Unicode but not in bytes are one name here; then some of the data has no tensor.
    guard let header = try? JSONDecoder().decode(Header.self, from: file[8..<body]),
      header.tensors.allSatisfy({ $1.isWithin(file.count - body) }),
      header.tensors.reduce(0, { $0 + $1.value.size }) == file.count - body
    else {
      throw ModelFileError(
        "its header is written unusually; save it again with safetensors")
    }
    metadata = header.metadata
    for (name, entry) in header.tensors {
      let data = file[body + entry.data_offsets[0]..<body + entry.data_offsets[1]]
      tensors.append(Tensor(name: name, type: entry.dtype, shape: entry.shape, data: data))
    }
    tensors.sort { ($0.data.startIndex, $0.name) < ($1.data.startIndex, $1.name) }
  }

  /// The file, as safetensors' own writer writes it: the data of the wider types first, after a
  /// header of a multiple of eight bytes, so that all data is aligned.
  public func bytes() throws -> Data {
    let order = tensors.sorted { a, b in
      a.width == b.width ? a.name < b.name : a.width > b.width
    }
    var header = Header(metadata: metadata)
    var body = Data()
    for tensor in order {
      header.tensors[tensor.name] = Header.Entry(
        dtype: tensor.type, shape: tensor.shape,
        data_offsets: [body.count, body.count + tensor.data.count])
      body.append(tensor.data)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(header)
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return Data((0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }) + json + body
  }
}

/// The header's JSON.
private struct Header: Codable {
  struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]

    var size: Int { data_offsets[1] - data_offsets[0] }

    /// Whether the data is in the file, and is as long as the shape says.
    func isWithin(_ end: Int) -> Bool {
      guard data_offsets.count == 2, 0 <= data_offsets[0], data_offsets[0] <= data_offsets[1],
        data_offsets[1] <= end
      else { return false }
      var bits = Tensor.bits(of: dtype)
      // Of an unknown dtype any lengths would have a product of 0.
      guard bits > 0 else { return false }
      for length in shape {
        let (product, overflow) = bits.multipliedReportingOverflow(by: length)
        guard length >= 0, !overflow else { return false }
        bits = product
      }
      return bits == 8 * size
    }
  }

  private struct Key: CodingKey {
    static let metadata = Key(stringValue: "__metadata__")
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var metadata: [String: String]?
  var tensors: [String: Entry] = [:]

  init(metadata: [String: String]?) { self.metadata = metadata }

  init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for key in container.allKeys {
      if key.stringValue == Key.metadata.stringValue {
        metadata = try container.decodeIfPresent([String: String].self, forKey: key)
      } else {
        tensors[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(metadata, forKey: .metadata)
    for (name, entry) in tensors { try container.encode(entry, forKey: Key(stringValue: name)) }
  }
}

extension Tensor {
  /// Bytes of an element.
  fileprivate var width: Int { max(1, Tensor.bits(of: type) / 8) }

  /// Bits of an element; 0 of an unknown dtype.
  fileprivate static func bits(of type: String) -> Int {
    switch type {
    case "F64", "I64", "U64", "C64": 64
    case "F32", "I32", "U32": 32
    case "F16", "BF16", "I16", "U16": 16
    case "I8", "U8", "BOOL", "F8_E5M2", "F8_E4M3": 8
    default: 0
    }
  }
}
