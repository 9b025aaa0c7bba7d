// SPDX-License-Identifier: MIT

import ArgumentParser

/// Names with commas between, as an argument.
struct NameList: ExpressibleByArgument {
  let names: [String]

  init?(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if names.contains("") { return nil }
  }
}
