// A pipe between two processes of the node, over which a child says how its start went.

import Glibc

package struct Pipe {
    package let reader: Int32
    package let writer: Int32

    /// Both ends are closed in children that do not inherit them by name.
    package init() throws(FileFault) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw FileFault() }
        reader = ends[0]
        writer = ends[1]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
}

/// The outcome of a start as a child writes it: "ready\n", or "error: TEXT" up to the end of the pipe.
package enum StartReport: Sendable, Equatable {
    case ready
    case failed(String)

    /// Nil while the bytes do not tell yet.
    package init?(_ bytes: [UInt8], isWhole: Bool) {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("ready\n") {
            self = .ready
        } else if isWhole, text.hasPrefix("error: ") {
            self = .failed(text.dropFirst(7).trimmed)
        } else {
            return nil
        }
    }

    package var text: String {
        switch self {
        case .ready: "ready\n"
        case .failed(let reason): "error: \(reason)\n"
        }
    }

    package func write(to descriptor: Int32) {
        TextFile.writeAll(descriptor, Array(text.utf8))
    }
}
