// SPDX-License-Identifier: MIT
//
// How the matrices of a recurrent layer are in memory. A panel is 8 hidden units, with a row of the
// matrix for each unit and gate: a vector of 8 lanes for each gate. Two panels are a pair, an odd
// last panel is alone. A pair is read from its start to its end:
//
//     [pair][column][panel of the pair][gate][lane]        an odd last panel [column][gate][lane]
//
// A register of 512 bits reads two gates of a panel. Two types differ:
//
//     bfloat16   Words of 32 bits hold two gates of a panel, gate g the low half and gate
//                g + gates / 2 the high one: one shift and one mask widen them. Of an odd number of
//                gates they hold the two panels of a pair, or one and zeros.
//     int8       Four columns of a row are side by side, q + 128 of each:
//                [pair][column / 4][panel][gate][lane][4]. Instructions for dot products read four
//                bytes of a row, or two and two; of unsigned bytes a mask and a shift widen them.

/// The formula for where a weight is placed: the only one, for who writes weights and who reads them.
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

  /// Columns as they are filled up with zeros.
  @inlinable @inline(__always)
  public static func filled(_ columns: Int, _ type: WeightType) -> Int {
    let together = type.columnsTogether
    return (columns &+ together &- 1) / together &* together
  }

  @inlinable @inline(__always)
  public var count: Int { (units &+ 7) / 8 }

  /// Panels that are side by side, `panel` being one: 2, or 1 for an odd last one.
  @inlinable @inline(__always)
  public func together(_ panel: Int) -> Int { panel | 1 < count ? 2 : 1 }

  /// Vectors of a column of a pair, or of an odd last panel; filled up where two share their words.
  @inlinable @inline(__always)
  public func vectors(together: Int) -> Int {
    switch type {
    case .float32, .float16, .int8: gates &* together
    case .bfloat16: (gates &* together &+ 1) & ~1
    }
  }

  /// Elements of a whole matrix, its `columns` filled up.
  public func elements(columns: Int) -> Int {
    let last = count & 1 == 0 ? 0 : 8 &* vectors(together: 1) &* columns
    return start(ofPair: count / 2, columns: columns) &+ last
  }

  /// Elements before a pair.
  @inlinable @inline(__always)
  public func start(ofPair pair: Int, columns: Int) -> Int {
    8 &* pair &* vectors(together: 2) &* columns
  }

  /// Where one row is: that of a gate of a unit. `columns` are those of the matrix, filled up.
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
      let half = gates & 1 == 0 ? gates / 2 : gates
      let isHigh = vector % (2 &* half) >= half
      let word = 8 &* (vector / (2 &* half) &* half &+ vector % half) &+ lane
      return PanelRow(start: start &+ 2 &* word &+ (isHigh ? 1 : 0), stride: 8 &* all, together: 1)
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
