// SPDX-License-Identifier: MIT

/// The layout by column, for the reader: what each field of a line is.
struct ColumnRoles {
  enum Time {
    case none, whole
    /// Parts of a time: a date and the time of day. The part that comes later in a line adds to the
    /// other one.
    case date, ofDay
  }

  struct Role {
    /// Indices in the model's inputs and in the copied texts; -1 for none.
    fileprivate(set) var input = -1
    fileprivate(set) var text = -1
    fileprivate(set) var time = Time.none
    fileprivate(set) var isSecondPart = false
  }

  let roles: [Role]

  init(_ layout: ColumnLayout) {
    var roles = [Role](repeating: Role(), count: layout.fieldCount)
    for (index, column) in layout.inputs.enumerated() { roles[column].input = index }
    for (index, column) in layout.texts.enumerated() { roles[column].text = index }
    if let time = layout.time {
      roles[time].time = layout.timeOfDay == nil ? .whole : .date
      if let timeOfDay = layout.timeOfDay {
        roles[timeOfDay].time = .ofDay
        roles[max(time, timeOfDay)].isSecondPart = true
      }
    }
    self.roles = roles
  }
}
