// SPDX-License-Identifier: MIT

import CLeat

@_cdecl("leat_strerror") @implementation
public func leat_strerror(_ code: Int32) -> UnsafePointer<CChar>! {
  let words: StaticString =
    switch code {
    case LEAT_OK: "no error"
    case LEAT_SKIPPED: "sample taken in before"
    case LEAT_FALLBACK: "an older generation was loaded"
    case LEAT_NO_OUTPUT: "no output at this sample"
    case LEAT_E_ARGUMENT: "bad argument"
    case LEAT_E_SIZE: "buffer of the wrong size"
    case LEAT_E_INPUT: "value not finite or too large"
    case LEAT_E_POSITION: "gap or step back in the positions"
    case LEAT_E_FORMAT: "not a safetensors file"
    case LEAT_E_MODEL: "tensors do not make up a model"
    case LEAT_E_UNSUPPORTED: "not supported"
    case LEAT_E_MISMATCH: "belongs to another model"
    case LEAT_E_CORRUPT: "corrupt"
    case LEAT_E_NEWER: "written by a newer version"
    case LEAT_E_MEMORY: "out of memory"
    case LEAT_E_IO: "input or output failed"
    case LEAT_E_NOT_FOUND: "no such stream"
    case LEAT_E_NOT_STORE: "not a Leat store"
    case LEAT_E_BUSY: "held by another process or connection"
    case LEAT_E_READ_ONLY: "read-only"
    case LEAT_E_FULL: "disk full"
    case LEAT_E_FENCED: "taken over by another process"
    case LEAT_E_SQLITE: "SQLite error"
    case LEAT_E_EXISTS: "exists already"
    case LEAT_E_STOPPED: "stopped by the caller"
    case LEAT_E_TOO_LATE: "SQLite is in use already"
    case LEAT_E_GONE: "file deleted or replaced"
    default: "unknown code"
    }
  return unsafe UnsafeRawPointer(words.utf8Start).assumingMemoryBound(to: CChar.self)
}
