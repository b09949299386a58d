// The one thread that writes log files. Event loops hand it whole blocks and never wait for a disk: when the disk is
// slower than the traffic the backlog grows to its limit, and from there lines are dropped and counted.

import Glibc
import Synchronization

/// Writes all logs of the process. To be made after the last fork: threads do not survive one.
package final class LogWriter: Sendable {
    /// 16 MiB: about 100,000 lines.
    package static let defaultBacklogLimitBytes = 16 * 1024 * 1024

    private let prefix: String
    private let backlogLimitBytes: Int
    private let mailbox = Mutex(LogMailbox())
    private let wakeup: Wakeup
    private let written = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)
    private let failed = Atomic<Int>(0)
    private let thread = Mutex<NamedThread?>(nil)

    /// Starts the writer's thread.
    ///
    /// - Parameter prefix: relative log paths are under this directory.
    package init(
        prefix: String, backlogLimitBytes: Int = LogWriter.defaultBacklogLimitBytes
    ) throws(LogFailure) {
        guard let wakeup = Wakeup() else {
            throw LogFailure(path: prefix, code: errno, message: "no descriptor for the log writer")
        }
        self.wakeup = wakeup
        self.prefix = prefix
        self.backlogLimitBytes = backlogLimitBytes
        let started = NamedThread.start("log writer") { [self] in run() }
        if started == nil { throw LogFailure(path: prefix, code: EAGAIN, message: "no thread for the log writer") }
        thread.withLock { $0 = started }
    }

    /// Opens a log for appending; a new file gets mode 0644.
    ///
    /// - Parameter path: absolute or under the prefix; `off` is the log that takes nothing.
    package func open(_ path: String) throws(LogFailure) -> LogFile {
        if path == "off" { return .off }
        let full = LogWriter.absolute(path, prefix)
        let known = mailbox.withLock { state in state.descriptors.firstIndex { $0.path == full } }
        if let known { return LogFile(index: known) }
        let descriptor = try LogDescriptor(path: full)
        return mailbox.withLock { state in
            state.descriptors.append(descriptor)
            return LogFile(index: state.descriptors.count - 1)
        }
    }

    /// Creates logs that do not exist, mode 0644, and gives them to the worker's user: for the master process, at the
    /// start and before it passes USR1 on, since the worker may not write to the directory.
    ///
    /// - Parameter owner: nil to leave the owner as it is.
    package static func prepare(_ path: String, prefix: String, owner: uid_t?) throws(LogFailure) {
        if path == "off" || path.hasPrefix("/dev/") { return }
        let descriptor = try LogDescriptor(path: absolute(path, prefix))
        if let owner { fchown(descriptor.number, owner, gid_t.max) }
        descriptor.close()
    }

    /// Closes and opens every log by its path, after a rotation (signal USR1). A log that cannot be opened goes on
    /// in its old file and is tried again every second: the master may not have made the new file yet.
    package func reopen() {
        mailbox.withLock { $0.reopenIsWanted = true }
        wakeup.signal()
    }

    /// Waits until everything handed over so far is written, at most the given time.
    package func flush(timeoutMilliseconds: Int = 5000) {
        wakeup.signal()
        for _ in 0..<timeoutMilliseconds where !mailbox.withLock(\.isQuiet) {
            usleep(1000)
        }
    }

    /// Writes what was handed over, closes the logs and ends the thread. Later lines are dropped.
    package func shutdown() {
        mailbox.withLock { $0.isStopping = true }
        wakeup.signal()
        let running = thread.withLock { $0.take() }
        running?.join()
    }

    package var counters: LogCounters {
        LogCounters(
            written: written.load(ordering: .relaxed), dropped: dropped.load(ordering: .relaxed),
            failed: failed.load(ordering: .relaxed))
    }

    /// Bytes handed over and not written yet.
    package var backlogBytes: Int { mailbox.withLock { $0.waitingBytes } }

    /// Takes a loop's lines and gives it an empty block for them. Over the limit the lines are dropped.
    func hand(over chunk: inout LogChunk) {
        if chunk.file.isOff { return chunk.clear(for: chunk.file) }
        let lines = chunk.lines
        let (taken, wake) = mailbox.withLock { state in
            guard hasRoom(state, for: chunk.used) else { return (false, false) }
            state.exchange(&chunk)
            return (true, state.writerSleeps)
        }
        if wake { wakeup.signal() }
        if !taken {
            dropped.add(lines, ordering: .relaxed)
            chunk.clear(for: chunk.file)
        }
    }

    /// Takes one line from any thread.
    func append(_ line: borrowing LogChunk) {
        if line.file.isOff { return }
        let (taken, wake) = mailbox.withLock { state in
            guard hasRoom(state, for: line.used) else { return (false, false) }
            state.append(line)
            return (true, state.writerSleeps)
        }
        if wake { wakeup.signal() }
        if !taken { dropped.add(line.lines, ordering: .relaxed) }
    }

    /// Takes whole lines for any file, which is opened when they are written.
    ///
    /// - Parameters:
    ///   - path: absolute or under the prefix.
    ///   - reopens: whether the file is opened anew for them.
    ///   - complain: told, on the writer's thread, why the file could not be written to. Of several for one path the
    ///     last one counts.
    package func append(
        _ bytes: [UInt8], toFile path: String, reopens: Bool, _ complain: @escaping @Sendable (LogFailure) -> Void
    ) {
        let full = LogWriter.absolute(path, prefix)
        let (taken, wake) = mailbox.withLock { state in
            guard hasRoom(state, for: bytes.count) else { return (false, false) }
            state.append(bytes, to: state.file(full, complain), reopens: reopens)
            return (true, state.writerSleeps)
        }
        if wake { wakeup.signal() }
        if !taken { dropped.add(1, ordering: .relaxed) }
    }

    private static func absolute(_ path: String, _ prefix: String) -> String {
        path.hasPrefix("/") ? path : prefix + (prefix.hasSuffix("/") ? "" : "/") + path
    }

    private func hasRoom(_ state: borrowing LogMailbox, for bytes: Int) -> Bool {
        !state.isStopping && state.waitingBytes + bytes <= backlogLimitBytes
    }
}

// The writer's thread.
extension LogWriter {
    private func run() {
        while true {
            let (chunks, reopening, stopping) = mailbox.withLock { state in
                let chunks = state.queue
                state.queue.removeAll(keepingCapacity: true)
                state.writerSleeps = chunks.isEmpty
                return (chunks, state.reopenIsWanted, state.isStopping)
            }
            // Reopening first: what was logged after USR1 belongs in the new file.
            let retry = reopening && !reopenAll()
            for chunk in chunks { write(chunk) }
            if !chunks.isEmpty { continue }
            if stopping { break }
            wakeup.wait(milliseconds: retry ? 1000 : -1)
        }
        let descriptors = mailbox.withLock { state in exchangeDescriptors(&state) }
        for descriptor in descriptors { descriptor.close() }
    }

    private func exchangeDescriptors(_ state: inout LogMailbox) -> [LogDescriptor] {
        defer { state.descriptors = [] }
        return state.descriptors
    }

    /// Only this thread replaces descriptors, so the copy written to stays open.
    private func write(_ chunk: LogChunk) {
        let index = chunk.file.index
        var descriptor = mailbox.withLock { $0.descriptors[index] }
        let lost = LogWriter.write(chunk, to: &descriptor)
        failed.add(lost, ordering: .relaxed)
        written.add(chunk.lines - lost, ordering: .relaxed)
        mailbox.withLock { state in
            state.descriptors[index] = descriptor
            state.takeBack(chunk)
        }
    }

    private static func write(_ chunk: LogChunk, to descriptor: inout LogDescriptor) -> Int {
        do throws(LogFailure) {
            try descriptor.open(anew: chunk.reopensFile)
        } catch {
            descriptor.complain?(error)
            return chunk.lines
        }
        errno = 0
        let lost = descriptor.write(chunk)
        if lost > 0 {
            let reason = String(cString: strerror(errno))
            descriptor.complain?(LogFailure(path: descriptor.path, code: errno, message: reason))
        }
        return lost
    }

    /// - Returns: whether every log could be opened.
    private func reopenAll() -> Bool {
        let old = mailbox.withLock { state in
            state.reopenIsWanted = false
            return state.descriptors
        }
        var complete = true
        for (index, descriptor) in old.enumerated() where descriptor.isOpen {
            guard var fresh = try? LogDescriptor(path: descriptor.path) else {
                complete = false
                continue
            }
            fresh.complain = descriptor.complain
            mailbox.withLock { [fresh] in $0.descriptors[index] = fresh }
            descriptor.close()
        }
        if !complete { mailbox.withLock { $0.reopenIsWanted = true } }
        return complete
    }
}
