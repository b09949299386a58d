// Hears of writes to the database's log file at once (inotify), whoever made them: a command that imports into the
// database of a running node is served a moment later. Where the kernel has no watch left, polling remains.

import Dispatch
import Glibc

/// Watches a file that stays in its place until it is closed.
struct LogWatch {
    /// An element for each burst of writes, however many they were.
    let changes: AsyncStream<Void>
    private let source: any DispatchSourceRead

    init?(path: String) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { return nil }
        guard inotify_add_watch(descriptor, path, UInt32(IN_MODIFY)) >= 0 else {
            Glibc.close(descriptor)
            return nil
        }
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        source.setEventHandler {
            Self.drain(descriptor)
            continuation.yield()
        }
        source.setCancelHandler {
            Glibc.close(descriptor)
            continuation.finish()
        }
        self.changes = changes
        self.source = source
        source.activate()
    }

    func close() {
        source.cancel()
    }

    /// What happened is of no interest, only that something did.
    private static func drain(_ descriptor: Int32) {
        var events = [UInt8](repeating: 0, count: 4096)
        while read(descriptor, &events, events.count) > 0 {}
    }
}
