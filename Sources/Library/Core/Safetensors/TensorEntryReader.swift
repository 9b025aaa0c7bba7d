// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Reads a tensor's entry in the header: `{"dtype": …, "shape": …, "data_offsets": …}`, in any
/// order and with any other fields, or `[dtype, shape, data_offsets]`, which the official reader
/// accepts too.
struct TensorEntryReader {
  let name: JSONString
  private let explanation: Explanation
  private var hasType = false
  private var hasShape = false
  private var hasOffsets = false
  private var elements: UInt64 = 1

  init(name: JSONString, _ explanation: Explanation) {
    self.name = name
    self.explanation = explanation
  }

  private func wrong(_ what: Message) -> Failure {
    explanation.failure(LEAT_E_FORMAT, "tensor '\(name)': \(what)")
  }

  mutating func readFields(_ json: inout JSONReader, into tensor: inout Tensor) throws(Failure) {
    if json.take(UInt8(ascii: "[")) {
      try readType(&json, &tensor)
      try json.expect(UInt8(ascii: ","), "','")
      try readShape(&json, &tensor)
      try json.expect(UInt8(ascii: ","), "','")
      try readOffsets(&json, &tensor)
      try json.expect(UInt8(ascii: "]"), "']'")
    } else {
      try json.expect(UInt8(ascii: "{"), "'{'")
      if !json.take(UInt8(ascii: "}")) {
        repeat {
          let field = try json.string()
          try json.expect(UInt8(ascii: ":"), "':'")
          if field == "dtype" {
            if hasType { throw wrong("found dtype twice, expected once") }
            try readType(&json, &tensor)
          } else if field == "shape" {
            if hasShape { throw wrong("found shape twice, expected once") }
            try readShape(&json, &tensor)
          } else if field == "data_offsets" {
            if hasOffsets { throw wrong("found data_offsets twice, expected once") }
            try readOffsets(&json, &tensor)
          } else {
            try json.skipValue(depth: 2)
          }
        } while json.take(UInt8(ascii: ","))
        try json.expect(UInt8(ascii: "}"), "',' or '}'")
      }
    }
    guard hasType else { throw wrong("dtype is missing") }
    guard hasShape else { throw wrong("shape is missing") }
    guard hasOffsets else { throw wrong("data_offsets is missing") }
    try checkSize(tensor)
  }

  private mutating func readType(
    _ json: inout JSONReader, _ tensor: inout Tensor
  ) throws(Failure) {
    // The official reader also takes {"F32": null}, serde's longer way to write an enum.
    let isObject = json.take(UInt8(ascii: "{"))
    let text = try json.string()
    if isObject {
      try json.expect(UInt8(ascii: ":"), "':'")
      guard try json.takeNull() else { throw json.malformed("null") }
      try json.expect(UInt8(ascii: "}"), "'}'")
    }
    guard let type = DataType(text) else {
      throw wrong("dtype '\(text)', expected one of the safetensors format")
    }
    tensor.type = type
    hasType = true
  }

  private mutating func readShape(
    _ json: inout JSONReader, _ tensor: inout Tensor
  ) throws(Failure) {
    try json.expect(UInt8(ascii: "["), "'['")
    hasShape = true
    guard !json.take(UInt8(ascii: "]")) else { return }
    repeat {
      let size = try json.unsigned()
      tensor.shape.append(size)
      // Left to right, as the official reader does: [0, 2^32, 2^32] passes, the reverse doesn't.
      let (product, overflowed) = elements.multipliedReportingOverflow(by: size)
      guard !overflowed else { throw wrong("the product of its shape overflows 64 bits") }
      elements = product
    } while json.take(UInt8(ascii: ","))
    try json.expect(UInt8(ascii: "]"), "',' or ']'")
  }

  private mutating func readOffsets(
    _ json: inout JSONReader, _ tensor: inout Tensor
  ) throws(Failure) {
    try json.expect(UInt8(ascii: "["), "'['")
    tensor.begin = try json.unsigned()
    try json.expect(UInt8(ascii: ","), "','")
    tensor.end = try json.unsigned()
    try json.expect(UInt8(ascii: "]"), "']' after two data_offsets")
    hasOffsets = true
  }

  private func checkSize(_ tensor: Tensor) throws(Failure) {
    let (bits, overflowed) = elements.multipliedReportingOverflow(by: tensor.type.width)
    guard !overflowed else { throw wrong("its size overflows 64 bits") }
    guard bits % 8 == 0 else {
      throw wrong("\(elements) elements of \(tensor.type.name) don't fill whole bytes")
    }
    guard tensor.end >= tensor.begin, tensor.end - tensor.begin == bits / 8 else {
      throw wrong(
        "data_offsets [\(tensor.begin), \(tensor.end)], expected \(bits / 8) bytes for its shape")
    }
  }
}
