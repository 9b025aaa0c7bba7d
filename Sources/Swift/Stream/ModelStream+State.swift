// SPDX-License-Identifier: MIT

internal import CLeat

extension ModelStream {
  /// The stream as bytes, which may be kept and moved.
  public borrowing func state() -> State {
    let size = unsafe leat_stream_state_size(handle)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // Safe: the buffer has leat_stream_state_size() bytes, and then this can't fail for a stream.
      _ = unsafe leat_stream_save(handle, buffer.baseAddress, size, nil)
      count = size
    }
    return State(bytes, of: self)
  }

  /// Sets the stream to a state that ``state()`` or `leat_stream_save()` made, here or elsewhere.
  ///
  /// - Throws: `.mismatch` when it is another model's state, or that of a stream with other windows
  public mutating func load(_ state: borrowing State) throws(LeatError) {
    let bytes = state.bytes
    try unsafe check { error in unsafe leat_stream_load(handle, bytes, bytes.count, error) }
  }

  /// h and c of one recurrent layer: PyTorch's `h_n[layer]` and `c_n[layer]`.
  ///
  /// - Parameter index: `recurrentIndex` of the layer
  /// - Returns: h `[outputSize]` and c `[hiddenSize]` of the layer; c is empty when it has none
  /// - Throws: `.argument` when there is no such layer; `.unsupported` of a windowed stream
  public borrowing func hiddenState(
    ofLayer index: Int
  ) throws(LeatError) -> (h: [Float], c: [Float]) {
    let layer = try layer(index)
    var h = [Float](repeating: 0, count: layer.outputSize)
    var c = [Float](repeating: 0, count: layer.kind == .lstm ? layer.hiddenSize : 0)
    try unsafe check { error in
      unsafe leat_stream_get_state(handle, UInt32(index), &h, &c, error)
    }
    return (h, c)
  }

  /// Sets h and c of one recurrent layer; the position stays as it is.
  ///
  /// - Parameters:
  ///   - index: `recurrentIndex` of the layer
  ///   - h: `[outputSize]` of the layer
  ///   - c: `[hiddenSize]` of the layer, empty when it has no c
  /// - Throws: `.input` when a value is not finite, or an h so large that the sums of a step could
  ///   overflow; `.size`; `.argument` when there is no such layer; `.unsupported` of a windowed stream
  public mutating func setHiddenState(
    ofLayer index: Int, h: [Float], c: [Float]
  ) throws(LeatError) {
    let layer = try layer(index)
    if h.count != layer.outputSize {
      throw .wrongCount("h", found: h.count, expected: layer.outputSize)
    }
    let cells = layer.kind == .lstm ? layer.hiddenSize : 0
    if c.count != cells { throw .wrongCount("c", found: c.count, expected: cells) }
    try unsafe check { error in
      unsafe leat_stream_set_state(handle, UInt32(index), h, cells > 0 ? c : nil, error)
    }
  }

  private borrowing func layer(_ index: Int) throws(LeatError) -> Layer {
    guard let layer = model.layers.first(where: { $0.recurrentIndex == index }) else {
      let count = model.layers.count { $0.recurrentIndex != nil }
      throw LeatError(
        .argument, "layer: found \(index), expected the number of one of \(count) recurrent layers")
    }
    return layer
  }
}
