// Wakes a thread that waits in poll(2).

import Glibc

/// A pipe to oneself.
struct Waker: Sendable {
    let reader: Int32
    private let writer: Int32

    init() throws(StoreError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .unavailable("no pipe: \(String(cString: strerror(errno)))") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (reader, writer) = (ends[0], ends[1])
    }

    func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = write(writer, &byte, 1)
    }

    /// Takes back what `wake` has put in.
    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(reader, &bytes, bytes.count) > 0 {}
    }

    /// Waits for at most this many milliseconds.
    func wait(milliseconds: Int32) {
        var poller = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        _ = poll(&poller, 1, milliseconds)
        drain()
    }

    func close() {
        _ = Glibc.close(reader)
        _ = Glibc.close(writer)
    }
}
