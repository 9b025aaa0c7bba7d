// SPDX-License-Identifier: MIT
//
// The layout of a recurrent layer's matrices in memory. A panel has 8 hidden units, with a row of
// the matrix for each unit and gate: a vector of 8 lanes for each gate. Two panels are a pair; an
// odd last panel is alone. A step reads a pair from its start to its end:
//
//     [pair][column][panel of the pair][gate][lane]        an odd last panel [column][gate][lane]
//
// Two types differ:
//
//     bfloat16   Words of 32 bits hold two gates of a panel, gate g in the low half and gate
//                g + gates / 2 in the high half: one shift and one mask widen them. With an odd
//                number of gates, words hold the two panels of a pair, or one panel and zeros.
//     int8       Four columns of a row are beside each other, q + 128 of each:
//                [pair][column / 4][panel][gate][lane][4]. Instructions for dot products read four
//                bytes of a row, or two and two; a mask and a shift widen unsigned bytes.

import LeatSupport

/// The formula for the place of a weight. The loader that writes weights and the kernels that read
/// them both use it.
public struct Panels: BitwiseCopyable {
  public let units: Int
  public let gates: Int
  public let type: WeightType

  @inlinable @inline(__always)
  public init(units: Int, gates: Int, type: WeightType) {
    self.units = units
    self.gates = gates
    self.type = type
  }

  /// Columns with their padding of zeros.
  @inlinable @inline(__always)
  public static func padded(_ columns: Int, _ type: WeightType) -> Int {
    columns.roundedUp(toMultipleOf: type.columnsTogether)
  }

  @inlinable @inline(__always)
  public var count: Int { (units &+ 7) / 8 }

  /// The number of panels beside each other where `panel` is: 2, or 1 for an odd last panel.
  @inlinable @inline(__always)
  public func together(_ panel: Int) -> Int { panel | 1 < count ? 2 : 1 }

  /// Vectors of a column of a pair, or of an odd last panel; this has as many as a pair if two
  /// panels share words.
  @inlinable @inline(__always)
  public func vectors(together: Int) -> Int { gates &* (sharesWords ? 2 : together) }

  /// Whether the two panels of a pair share words.
  @inlinable @inline(__always)
  public var sharesWords: Bool { type == .bfloat16 && gates & 1 == 1 }

  /// Bytes of a column of a pair, or of an odd last panel; of integers, of four columns.
  @inlinable @inline(__always)
  public func columnBytes(together: Int) -> Int {
    8 &* vectors(together: together) &* type.columnsTogether &* type.size
  }

  /// Bytes from the first panel of a pair to the second, in a column; 0 if they share words.
  @inlinable @inline(__always)
  public var bytesToSecondPanel: Int {
    sharesWords ? 0 : 8 &* gates &* type.columnsTogether &* type.size
  }

  /// Elements of a whole matrix of `columns`, which include padding.
  public func elements(columns: Int) -> Int {
    let last = count & 1 == 0 ? 0 : 8 &* vectors(together: 1) &* columns
    return start(ofPair: count / 2, columns: columns) &+ last
  }

  /// Elements before a pair.
  @inlinable @inline(__always)
  public func start(ofPair pair: Int, columns: Int) -> Int {
    8 &* pair &* vectors(together: 2) &* columns
  }

  /// Of bfloat16: the vector of words in which a vector of a column is, and whether it has their
  /// high halves.
  @inlinable @inline(__always)
  static func halfWord(ofVector vector: Int, gates: Int) -> (word: Int, isHigh: Bool) {
    let half = gates & 1 == 0 ? gates / 2 : gates
    return (
      vector / (2 &* half) &* half &+ vector % half, vector % (2 &* half) >= half
    )
  }

  /// The row of a gate of a unit. `columns` are those of the matrix, with padding.
  public func row(unit: Int, gate: Int, columns: Int) -> PanelRow {
    let panel = unit / 8
    let all = vectors(together: together(panel))
    let vector = (panel & 1) &* gates &+ gate
    let lane = unit % 8
    let start = start(ofPair: panel / 2, columns: columns)
    switch type {
    case .float32, .float16:
      return PanelRow(start: start &+ 8 &* vector &+ lane, stride: 8 &* all, together: 1)
    case .bfloat16:
      let (word, isHigh) = Panels.halfWord(ofVector: vector, gates: gates)
      return PanelRow(
        start: start &+ 2 &* (8 &* word &+ lane) &+ (isHigh ? 1 : 0), stride: 8 &* all, together: 1)
    case .int8:
      return PanelRow(start: start &+ 4 &* (8 &* vector &+ lane), stride: 32 &* all, together: 4)
    }
  }
}

/// The elements of one row of a matrix of panels.
public struct PanelRow: BitwiseCopyable {
  let start: Int
  let stride: Int
  let together: Int

  public func element(_ column: Int) -> Int {
    start &+ column / together &* stride &+ column % together
  }
}
