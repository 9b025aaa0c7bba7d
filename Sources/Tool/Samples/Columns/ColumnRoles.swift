// SPDX-License-Identifier: MIT

/// The layout by column, for the reader: what each field of a line is.
struct ColumnRoles {
  struct Role {
    /// Indices in the model's inputs and in the copied texts; -1 for none.
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
