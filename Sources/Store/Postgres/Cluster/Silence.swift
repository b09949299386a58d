// How long the feed has been waiting for a word of the server. A node that starts beside a frozen database must not
// wait for that to say no, and one that starts beside a slow one should not begin with old rows.

import Synchronization

/// Tells other threads how long a thread has been waiting.
final class Silence: Sendable {
    private let since = Mutex<ContinuousClock.Instant?>(nil)

    /// Zero while the thread has something to do.
    var duration: Duration {
        since.withLock { $0?.duration(to: .now) } ?? .zero
    }

    func begin() {
        since.withLock { $0 = .now }
    }

    func end() {
        since.withLock { $0 = nil }
    }
}
