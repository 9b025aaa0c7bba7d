// SPDX-License-Identifier: MIT

/// What each field of a line is for.
struct ColumnRoles {
  struct Role {
    /// Which of the model's inputs, and which of the carried texts; -1 for none.
    fileprivate(set) var input = -1
    fileprivate(set) var text = -1
    fileprivate(set) var isTime = false
  }

  let roles: [Role]

  init(_ layout: ColumnLayout) {
    var roles = [Role](repeating: Role(), count: layout.fieldCount)
    for (index, column) in layout.inputs.enumerated() { roles[column].input = index }
    for (index, column) in layout.texts.enumerated() { roles[column].text = index }
    if let time = layout.time { roles[time].isTime = true }
    self.roles = roles
  }
}

extension ColumnLayout {
  /// The columns whose text is carried through: the time first.
  public var texts: [Int] { (time.map { [$0] } ?? []) + carried.filter { $0 != time } }
}
