// SPDX-License-Identifier: MIT

import CLeat
import LeatSupport

/// Throws if there are flags that the call doesn't know. `names` are the known ones, for the
/// message.
@inline(__always)
func requireFlags(
  _ flags: UInt32, of known: UInt32, _ argument: StaticString, _ names: StaticString,
  _ explanation: Explanation
) throws(Failure) {
  if flags & ~known != 0 { throw unknownFlags(flags, argument, names, explanation) }
}

@inline(never)
private func unknownFlags(
  _ flags: UInt32, _ argument: StaticString, _ names: StaticString, _ explanation: Explanation
) -> Failure {
  explanation.failure(LEAT_E_ARGUMENT, "\(argument): found \(flags), expected only \(names)")
}

func requireAtMost(
  _ found: UInt32, _ most: UInt32, _ argument: StaticString, _ explanation: Explanation
) throws(Failure) {
  if found <= most { return }
  throw explanation.failure(
    LEAT_E_ARGUMENT, "\(argument): found \(found), expected at most \(most)")
}

/// Checks the words that all options keep for later versions.
func requireZero(_ reserved: UInt32, _ explanation: Explanation) throws(Failure) {
  if reserved != 0 {
    throw explanation.failure(LEAT_E_ARGUMENT, "options->reserved: found \(reserved), expected 0")
  }
}
