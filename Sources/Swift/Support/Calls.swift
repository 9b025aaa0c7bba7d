// SPDX-License-Identifier: MIT

internal import CLeat

/// Calls a function of the C interface and throws what it reports.
///
/// The error isn't cleared first: that would slow every step.
///
/// - Returns: LEAT_OK, or the positive code
@discardableResult
func check(
  _ call: (UnsafeMutablePointer<leat_error>) -> Int32
) throws(LeatError) -> Int32 {
  let result = unsafe withUnsafeTemporaryAllocation(of: leat_error.self, capacity: 1) {
    memory -> Result<Int32, LeatError> in
    // Safe: the memory has room for one, and the library writes it before it returns a negative code.
    let error = memory.baseAddress!
    let code = unsafe call(error)
    return code < 0 ? unsafe .failure(LeatError(error.pointee)) : .success(code)
  }
  return try result.get()
}

/// The same for a function that takes samples and puts out outputs.
@discardableResult
func check(
  _ inputs: Span<Float>, _ outputs: inout MutableSpan<Float>,
  _ call: (
    UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<leat_error>
  ) -> Int32
) throws(LeatError) -> Int32 {
  try unsafe inputs.withUnsafeBufferPointer { inputs throws(LeatError) in
    try unsafe outputs.withUnsafeMutableBufferPointer { outputs throws(LeatError) in
      try unsafe check { error in unsafe call(inputs.baseAddress, outputs.baseAddress, error) }
    }
  }
}
