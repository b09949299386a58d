// One open file of the log writer, and the system calls on it. Opened as nginx opens its logs, so that rotation
// tools and permissions go on as before.

import Glibc

/// An open log. Closed by its owner, the writer, since a struct cannot.
struct LogDescriptor: Sendable {
    let path: String
    private(set) var number: Int32
    /// Writes to pipes and terminals go line by line: only up to PIPE_BUF bytes stay together when another
    /// process writes to the same pipe.
    private var isRegularFile: Bool
    /// Told when the file cannot be opened or written to.
    var complain: (@Sendable (LogFailure) -> Void)?
    /// The last write stopped inside a line; the next one starts on a new line.
    private var tornLine = false

    /// `/dev/stdout` and `/dev/stderr` mean the process's own descriptors: opening the path fails when they are
    /// sockets, and would cut off a regular file's other writers.
    init(path: String) throws(LogFailure) {
        self.path = path
        switch path {
        case "/dev/stdout": number = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
        case "/dev/stderr": number = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        default: number = LogDescriptor.openFile(path)
        }
        if number < 0 { throw LogFailure(path: path, code: errno, message: String(cString: strerror(errno))) }
        var status = stat()
        isRegularFile = fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// A file that is opened when something is written to it.
    init(unopened path: String, _ complain: @escaping @Sendable (LogFailure) -> Void) {
        self.path = path
        self.complain = complain
        number = -1
        isRegularFile = false
    }

    var isOpen: Bool { number >= 0 }

    /// Opens the file, anew if it is open and that is wanted. A file that cannot be opened anew stays as it is.
    mutating func open(anew: Bool) throws(LogFailure) {
        guard anew || !isOpen else { return }
        let complain = complain
        let fresh = try LogDescriptor(path: path)
        if isOpen { close() }
        self = fresh
        self.complain = complain
    }

    /// Writes all the bytes.
    ///
    /// - Returns: how many lines of the chunk were lost.
    mutating func write(_ chunk: borrowing LogChunk) -> Int {
        if tornLine {
            let end: [UInt8] = [0x0A]
            guard writeAll(end.span.bytes) == end.count else { return chunk.lines }
            tornLine = false
        }
        let lines = chunk.lines
        let (lost, torn) = chunk.withBytes { bytes in
            let written = writePieces(bytes)
            if written == bytes.count { return (0, false) }
            let kept = bytes[..<written].count { $0 == 0x0A }
            return (lines - kept, written > 0 && bytes[written - 1] != 0x0A)
        }
        tornLine = torn
        return lost
    }

    func close() {
        Glibc.close(number)
    }

    /// Creates with mode 0644 whatever the umask says; the mode of a file that exists stays.
    private static func openFile(_ path: String) -> Int32 {
        let flags = O_WRONLY | O_APPEND | O_CLOEXEC
        let made = Glibc.open(path, flags | O_CREAT | O_EXCL, 0o644)
        if made >= 0 {
            fchmod(made, 0o644)
            return made
        }
        return errno == EEXIST ? Glibc.open(path, flags | O_CREAT, 0o644) : made
    }

    private func writePieces(_ bytes: UnsafeRawBufferPointer) -> Int {
        if isRegularFile { return writeAll(bytes.bytes) }
        var done = 0
        while done < bytes.count {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[done..<pieceEnd(of: bytes, from: done)])
            let written = writeAll(piece.bytes)
            done += written
            if written < piece.count { break }
        }
        return done
    }

    /// The end of the last whole line within PIPE_BUF bytes, or of the one line that is longer.
    private func pieceEnd(of bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let limit = min(bytes.count, start + Int(PIPE_BUF))
        if limit == bytes.count { return limit }
        if let end = bytes[start..<limit].lastIndex(of: 0x0A) { return end + 1 }
        return (bytes[limit...].firstIndex(of: 0x0A) ?? bytes.count - 1) + 1
    }

    private func writeAll(_ bytes: RawSpan) -> Int {
        bytes.withUnsafeBytes { raw in
            var done = 0
            while done < raw.count {
                let count = Glibc.write(number, raw.baseAddress?.advanced(by: done), raw.count - done)
                if count > 0 {
                    done += count
                } else if count < 0, errno == EAGAIN, becomesWritable() {
                    continue
                } else if count == 0 || errno != EINTR {
                    break
                }
            }
            return done
        }
    }

    /// A terminal or pipe that someone set to non-blocking: a slow reader gets a second before lines are lost.
    private func becomesWritable() -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 1000) > 0
    }
}
