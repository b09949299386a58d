// The system's log. Its socket may make who writes wait, so that a thread of its own does.
//
// Unsafe memory: syslog(3) takes a C string and a list of arguments.

import Glibc
import Synchronization

/// Messages for syslog as Kong sends them: from `kong`, facility user. The thread starts with the first one.
package final class SystemLog: Sendable {
    private struct State {
        var messages: [(severity: Int32, text: [UInt8])] = []
        var bytes = 0
        /// Of those that are not written yet, one may be in the thread's hands.
        var isBusy = false
        var isStarted = false
    }

    private static let backlogLimitBytes = 4 << 20

    private let state = Mutex(State())
    private let wakeup = Wakeup()

    package init() {}

    /// False when the system's log is too slow, so that the message is lost.
    ///
    /// - Parameter severity: 0 to 7.
    func append(_ message: [UInt8], severity: Int) -> Bool {
        let isTaken = state.withLock { state in
            guard state.bytes + message.count <= Self.backlogLimitBytes, start(&state) else { return false }
            // A C string ends at the first zero byte.
            state.messages.append((Int32(severity & 7), message.filter { $0 != 0 } + [0]))
            state.bytes += message.count
            return true
        }
        if isTaken { wakeup?.signal() }
        return isTaken
    }

    /// Waits until everything is handed over, at most that long.
    package func flush(timeoutMilliseconds: Int) {
        for _ in 0..<timeoutMilliseconds where !state.withLock({ $0.messages.isEmpty && !$0.isBusy }) {
            usleep(1000)
        }
    }

    private func start(_ state: inout State) -> Bool {
        if state.isStarted { return true }
        guard wakeup != nil else { return false }
        state.isStarted = NamedThread.start("system log") { [self] in run() } != nil
        return state.isStarted
    }

    private func run() {
        // The name is kept by the C library, not copied.
        openlog(strdup("kong"), LOG_PID, LOG_USER)
        while true {
            let messages = state.withLock { state in
                let messages = state.messages
                state.messages = []
                state.bytes = 0
                state.isBusy = !messages.isEmpty
                return messages
            }
            for message in messages { Self.write(message.severity, message.text) }
            if messages.isEmpty { wakeup?.wait(milliseconds: -1) }
        }
    }

    private static func write(_ severity: Int32, _ text: [UInt8]) {
        text.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            withVaList([start]) { vsyslog(severity, "%s", $0) }
        }
    }
}
