// The file that workers are started from. An upgrade replaces the program while the node runs: a reload takes the new
// one, as it takes the new settings, and a worker that has to be replaced before that comes from the old one.

import Glibc

/// The program of a node's workers, held open, so that it can be started after its file was replaced or removed.
struct ProgramFile {
    /// Where the program lay when the master started.
    private let path: String?
    private var accepted = open(Self.own, O_RDONLY | O_CLOEXEC)
    /// What a reload has found at the path; accepted once its worker serves.
    private var candidate: Int32?

    private static let own = "/proc/self/exe"

    init() {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(Self.own, &buffer, buffer.count)
        let bytes = buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        path = bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// What to start a worker from, as a path.
    var executable: String {
        let descriptor = candidate ?? accepted
        return descriptor >= 0 ? "/proc/self/fd/\(descriptor)" : Self.own
    }

    /// Looks at the path again. Where there is no program any more, that of before stays.
    mutating func renew() {
        abandon()
        guard let path, access(path, X_OK) == 0 else { return }
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        if opened >= 0 { candidate = opened }
    }

    mutating func adopt() {
        guard let candidate else { return }
        if accepted >= 0 { close(accepted) }
        accepted = candidate
        self.candidate = nil
    }

    mutating func abandon() {
        if let candidate { close(candidate) }
        candidate = nil
    }
}
