// How any thread tells a thread that sleeps in poll(2) that there is work in its mailbox: a pipe (eventfd is not in
// Swift's Glibc module).

import Glibc

/// A descriptor that becomes readable once `signal` was called, until `drain`.
final class Wakeup: Sendable {
    /// For use in a pollfd list, events POLLIN.
    let descriptor: Int32

    private let writeEnd: Int32

    /// - Returns: nil when the process has no descriptor left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        descriptor = ends[0]
        writeEnd = ends[1]
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    /// Never waits: a full pipe has signals enough in it.
    func signal() {
        var byte: UInt8 = 1
        write(writeEnd, &byte, 1)
    }

    /// Forgets the signals so far.
    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(descriptor, &bytes, bytes.count) == bytes.count {}
    }

    /// Sleeps until a signal or the end of the time.
    ///
    /// - Parameter milliseconds: -1 waits without end.
    func wait(milliseconds: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&entry, 1, milliseconds)
        drain()
    }
}
